// Lets attempts expire straight on the stores of DATA_DIR, in a process that kills itself at one step: before or after an
// expiry is on the log, or the log has let go of the beginning of a stream. `node expiring-process.ts <step>`; step 0 goes
// through and prints how many there are, `resume` does only what was decided, and prints how the streams stand.
import { streams } from '@evident/domain';
import { expiriesAfter } from '@evident/evidence';
import type { Log } from '@evident/log';
import { createTokenIssuer } from '@evident/token-issuer';
import { openStepping } from './stepping-process.ts';

const [asked = '0', ...people] = process.argv.slice(2);
const { config, opened, masterKey, now, logger, stepping, stepsTaken } = await openStepping(asked);
const retention = streams.retention(config.tenant);
const store = stepping(
  opened.store,
  (method, [stream]) => method === 'truncateStream' || (method === 'append' && stream === retention),
);
const log: Log = { ...opened, store };
const months = asked === 'resume' ? 0 : 12;
const settings = { ...config, signInsKeptMonths: months };
const issuer = await createTokenIssuer({ config: settings, log, logger, now, masterKey });
await issuer.expireSignIns();
if (asked === 'resume') {
  let total = 0;
  const letGo: Record<string, number> = {};
  for await (const expiry of expiriesAfter(opened, 0)) {
    total = expiry.total;
    for (const { id, upTo } of expiry.letGo) letGo[id] = upTo + 1;
  }
  const begins: Record<string, number> = {};
  for (const id of people) {
    const [first] = await opened.store.readStream(streams.signIn(config.tenant, id), { limit: 1 });
    begins[id] = first?.revision ?? -1;
  }
  console.log(
    JSON.stringify({ total, decided: people.map((id) => letGo[id] ?? 0), begins: people.map((id) => begins[id]) }),
  );
} else {
  console.log(JSON.stringify({ steps: stepsTaken() }));
}
await issuer.close();
await opened.close();
