import { type Logger, Recurring } from '@evident/runtime';
import type { SigningKeys } from './signing-keys.ts';

const everyMs = 10_000;

/**
 * Takes the steps of the signing keys when they are due. It holds nothing: where it stands is on the log, so it may be
 * stopped at any moment and go on in another process, and several may run at once.
 */
export function keySchedule(signingKeys: Pick<SigningKeys, 'advance'>, logger: Logger): Recurring {
  return new Recurring({
    work: () => signingKeys.advance(),
    everyMs,
    onFault: (error) => logger.warn({ error }, 'The signing keys cannot be looked at; it tries again.'),
  });
}
