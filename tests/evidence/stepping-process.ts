import { openLog, readWrappingKey } from '@evident/log';
import { describeProblems, loadConfig, silentLogger } from '@evident/runtime';

/**
 * The stores of DATA_DIR, opened in a process that kills itself at one of the steps that are counted here, before or after
 * a call is durable; at none where `asked` is no number of a step.
 */
export async function openStepping(asked: string) {
  const loaded = loadConfig(process.env, { service: 'standalone' });
  if (!loaded.ok) throw new Error(describeProblems(loaded.problems));
  const { config } = loaded;
  const now = Date.now;
  const logger = silentLogger;
  const opened = await openLog({ config, createKeyring: false, logger, now });
  const masterKey = readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake: false, logger });
  let steps = 0;

  function step(): void {
    steps += 1;
    if (steps === Number(asked)) process.kill(process.pid, 'SIGKILL');
  }

  /** With a step before and after each call that counts. */
  function stepping<Target extends object>(
    target: Target,
    counts: (method: string | symbol, given: readonly unknown[]) => boolean,
  ): Target {
    return new Proxy(target, {
      get(_, method) {
        const member: unknown = Reflect.get(target, method, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          if (!counts(method, given)) return member.apply(target, given);
          step();
          return Promise.resolve(member.apply(target, given)).then((outcome: unknown) => {
            step();
            return outcome;
          });
        };
      },
    });
  }

  return { config, opened, masterKey, now, logger, stepping, stepsTaken: () => steps };
}
