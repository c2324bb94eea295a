// Erases a person straight on the stores of DATA_DIR, in a process that kills itself at one step: before or after an append,
// or the deletion of a key, is durable. `node erasing-process.ts <user> <step>`; step 0 goes through and prints how many
// there are, `resume` does what the next start does and prints what became of the person.
import { createAuthCommand } from '@evident/auth-command';
import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import { InProcessTransport } from '@evident/transport/in-process';
import { openStepping } from './stepping-process.ts';

const [userId = '', asked = '0'] = process.argv.slice(2);
const { config, opened, masterKey, now, logger, stepping, stepsTaken } = await openStepping(asked);
const log: Log = {
  ...opened,
  store: stepping(opened.store, (method) => method === 'append'),
  personKeys: stepping(opened.personKeys, (method) => method === 'erase'),
};
const service = await createAuthCommand({
  config: { ...config, rateLimit: false, verifyMemo: false },
  client: new InProcessTransport(),
  log,
  logger,
  now,
  masterKey,
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
  console.log(JSON.stringify({ steps: stepsTaken() }));
}
await service.close();
await opened.close();
