// Erases a person straight on the stores of DATA_DIR, in a process that kills itself at one step: before or after an append,
// or the deletion of a key, is durable. `node erasing-process.ts <user> <step>`; step 0 goes through and prints how many
// there are, `resume` does what the next start does and prints what became of the person.
import { createAuthCommand } from '@evident/auth-command';
import { streams } from '@evident/domain';
import { type Log, openLog, readWrappingKey } from '@evident/log';
import { describeProblems, loadConfig, silentLogger } from '@evident/runtime';
import { InProcessTransport } from '@evident/transport/in-process';

const [userId = '', asked = '0'] = process.argv.slice(2);
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

/** With a step before and after each call of one method. */
function stepping<Target extends object>(target: Target, method: keyof Target): Target {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== method) return member.bind(target);
      return async (...given: unknown[]) => {
        step();
        const outcome: unknown = await member.apply(target, given);
        step();
        return outcome;
      };
    },
  });
}

const log: Log = {
  ...opened,
  store: stepping(opened.store, 'append'),
  personKeys: stepping(opened.personKeys, 'erase'),
};
const service = await createAuthCommand({
  config: { ...config, rateLimit: false, verifyMemo: false },
  client: new InProcessTransport(),
  ...{ log, logger: silentLogger, now, masterKey },
});
if (asked === 'resume') {
  const resumed = await service.erasures.resume();
  const { state } = await opened.states.user.load(streams.user(config.tenant, userId));
  const key = (await opened.personKeys.find([userId])).has(userId) ? 'there' : 'deleted';
  const { erased, isActive, name } = state;
  console.log(JSON.stringify({ resumed, key, erased, isActive, name }));
} else {
  const reply = await service.erasures.erase(userId, 'freed');
  if (!reply.ok) throw new Error(reply.error.code);
  console.log(JSON.stringify({ steps }));
}
await service.close();
await opened.close();
