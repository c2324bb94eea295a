// Lets attempts expire straight on the stores of DATA_DIR, in a process that kills itself at one step: before or after an
// expiry is on the log, or the log has let go of the beginning of a stream. `node expiring-process.ts <step>`; step 0 goes
// through and prints how many there are, `resume` does only what was decided, and prints how the streams stand.
import { streams } from '@evident/domain';
import { expiriesAfter } from '@evident/evidence';
import { type Log, openLog, readWrappingKey } from '@evident/log';
import { describeProblems, loadConfig, silentLogger } from '@evident/runtime';
import { createTokenIssuer } from '@evident/token-issuer';

const [asked = '0', ...people] = process.argv.slice(2);
const loaded = loadConfig(process.env, { service: 'standalone' });
if (!loaded.ok) throw new Error(describeProblems(loaded.problems));
const { config } = loaded;
const now = Date.now;
const opened = await openLog({ config, createKeyring: false, logger: silentLogger, now });
const masterKey = readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake: false, logger: silentLogger });
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(asked)) process.kill(process.pid, 'SIGKILL');
}

/** With a step before and after each expiry, and each truncation. */
const store = new Proxy(opened.store, {
  get(target, name) {
    const member: unknown = Reflect.get(target, name, target);
    if (typeof member !== 'function') return member;
    if (name !== 'append' && name !== 'truncateStream') return member.bind(target);
    return async (...given: unknown[]) => {
      const counts = name === 'truncateStream' || given[0] === streams.retention(config.tenant);
      if (counts) step();
      const outcome: unknown = await member.apply(target, given);
      if (counts) step();
      return outcome;
    };
  },
});
const log: Log = { ...opened, store };
const months = asked === 'resume' ? 0 : 12;
const issuer = await createTokenIssuer({
  config: { ...config, signInsKeptMonths: months },
  ...{ log, logger: silentLogger, now, masterKey },
});
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
  console.log(JSON.stringify({ steps }));
}
await issuer.close();
await opened.close();
