import { existsSync } from 'node:fs';
import type { WrappingKey } from '@evident/log';
import type { Config } from '@evident/runtime';
import { type KeyVariable, readKey } from '../../stores/wrapping-keys.ts';
import { type Finding, Findings } from '../finding.ts';

export interface FoundKeys {
  readonly master?: WrappingKey;
  readonly data?: WrappingKey;
}

/** Looks for both configured keys. Whether they are the right ones is for the keyrings to say. */
export function checkKeyFiles(
  { keys }: Pick<Config, 'keys'>,
  { newDeployment }: { newDeployment: boolean },
): { readonly findings: readonly Finding[]; readonly found: FoundKeys } {
  const findings = new Findings('keys');
  const look = (variable: KeyVariable, source: Config['keys']['data']) => {
    if (newDeployment && source.from === 'file' && !existsSync(source.path)) {
      findings.ok(`${source.path} is made by the first start.`);
      return undefined;
    }
    try {
      const key = readKey(source, variable);
      findings.ok(`${variable === 'MASTER_KEY' ? 'Master' : 'Data'} key from ${key.origin}.`);
      return key;
    } catch (problem) {
      findings.failAt(problem);
      return undefined;
    }
  };
  const master = look('MASTER_KEY', keys.master);
  const data = look('DATA_KEY', keys.data);
  if (master !== undefined && data !== undefined && master.key.equals(data.key)) {
    findings.fail(
      'The master key and the data key are the same.',
      'Put the right file back in the place of one of them: three services share the data key, and must not share the other.',
    );
  }
  return {
    findings: findings.list,
    found: { ...(master === undefined ? {} : { master }), ...(data === undefined ? {} : { data }) },
  };
}
