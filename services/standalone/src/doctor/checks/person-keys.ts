import { existsSync } from 'node:fs';
import { type PersonKeys, PersonKeysFault } from '@evident/crypto';
import { type EventStore, EventStoreFault, installNewest } from '@evident/event-store';
import type { WrappingKey } from '@evident/log';
import type { Clock } from '@evident/runtime';
import { openPersonKeys } from '../../stores/person-keys.ts';
import { type Finding, Findings, logRemedies, sentence } from '../finding.ts';

export interface PersonKeysToExamine {
  readonly path: string;
  readonly store: EventStore;
  readonly tenant: string;
  readonly dataKey: WrappingKey;
  readonly now: Clock;
}

const putBack =
  'Stop the server, restore the newest backup into an empty folder (evident restore <backup> --into <empty folder> --keys-from <folder with the keys>), and move person-keys.db from there to this data directory.';

const remedies: Readonly<Record<PersonKeysFault['code'], string>> = {
  damaged: putBack,
  'wrong-key': `This file belongs to another log. ${putBack}`,
  'newer-version': installNewest,
  unavailable: logRemedies.unavailable,
  'disk-full': logRemedies['disk-full'],
  closed: logRemedies.closed,
  misuse: putBack,
};

/** Opens the person keys as the log's shared keyring wraps them. The caller closes what was opened. */
export async function checkPersonKeys(
  request: PersonKeysToExamine,
): Promise<{ readonly findings: readonly Finding[]; readonly personKeys?: PersonKeys }> {
  const findings = new Findings('person keys');
  if (!existsSync(request.path)) {
    findings.fail(`${request.path} is missing: names and addresses in the log cannot be read.`, putBack);
    return { findings: findings.list };
  }
  try {
    const personKeys = await openPersonKeys({ ...request, readOnly: true });
    findings.ok(`${request.path} opens with the key of this log.`);
    return { findings: findings.list, personKeys };
  } catch (fault) {
    if (fault instanceof EventStoreFault) findings.fail(sentence(fault.message), fault.remedy ?? putBack);
    else if (fault instanceof PersonKeysFault) findings.fail(fault.message, remedies[fault.code]);
    else findings.failAt(fault);
    return { findings: findings.list };
  }
}
