import { readFileSync } from 'node:fs';
import { sealObject } from '@evident/contracts';
import type { Seal } from '@evident/domain';
import { isErrorWithCode } from '@evident/runtime';
import { CliProblem } from '../cli/failure.ts';

/** Seals and names of keys that were kept elsewhere: what `evident audit seals --json` and the server's route give. */
export interface KeptSeals {
  readonly seals: readonly Seal[];
  readonly kids: readonly string[];
}

/** Throws `CliProblem` where the file cannot be read or is something else. */
export function readKeptSeals(path: string): KeptSeals {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = isErrorWithCode(error) ? error.code : 'no JSON';
    throw new CliProblem(`The seals in ${path} cannot be read (${reason}).`, remedy, { cause: error });
  }
  const { seals, keys } = (content ?? {}) as { readonly seals?: unknown; readonly keys?: unknown };
  const parsed = sealObject.array().safeParse(seals ?? []);
  const kids = Array.isArray(keys) ? keys.flatMap((key) => (typeof key?.kid === 'string' ? [key.kid] : [])) : [];
  if (!parsed.success || (parsed.data.length === 0 && kids.length === 0))
    throw new CliProblem(`${path} holds no seals.`, remedy);
  return { seals: parsed.data, kids };
}

const remedy = 'Name a file that evident audit seals --json wrote, or the answer of GET /audit/log/seals.';
