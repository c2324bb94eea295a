import type { ReplayPolicy } from '@evident/contracts';
import { memoryOf, PolicyReplay, type ReplayedAttempt, recordedAttempt } from '@evident/evidence';
import type { AuditAnswers } from '@evident/identity-projection';
import { CliProblem } from '../cli/failure.ts';

export interface SignInReplay {
  readonly policy: ReplayPolicy;
  readonly from?: string;
  readonly to?: string;
  /** Only what this app asked is told; limits count the attempts at all apps, live as here. */
  readonly app?: string;
}

const perPage = 1_000;

type Asked = Pick<AuditAnswers, 'auditSignIns' | 'auditEvents'>;

/**
 * The recorded attempts of a period as they would have come out under a policy, page by page in the order of the log. What
 * was tried before the period is run too, as far as the policy would still remember it. Memory is that of one page and of
 * the tallies that the policy keeps.
 */
export async function* replayedSignIns(
  answers: Asked,
  { policy, from, to: end, app: only }: SignInReplay,
): AsyncGenerator<readonly ReplayedAttempt[]> {
  const to = end ?? (await lastPosition(answers));
  const upTo = to === undefined ? {} : { to };
  const app = only === undefined ? undefined : await appNamed(answers, only);
  const first = (await answers.auditSignIns({ ...(from === undefined ? {} : { from }), ...upTo, limit: 1 })).signIns[0];
  if (first === undefined) return;
  const begin = from === undefined ? {} : { from: new Date(Date.parse(first.time) - memoryOf(policy)).toISOString() };
  const replay = new PolicyReplay(policy);
  let isInPeriod = false;
  for (let after: string | undefined; ; ) {
    const page = await answers.auditSignIns({
      ...begin,
      ...upTo,
      ...(after === undefined ? {} : { after }),
      limit: perPage,
    });
    const told: ReplayedAttempt[] = [];
    for (const signIn of page.signIns) {
      const attempt = recordedAttempt(signIn);
      if (attempt === undefined) {
        throw new CliProblem(
          `The event ${signIn.event.id} at ${signIn.event.position} cannot be read by this program.`,
          'Use the version of evident that wrote it, or a newer one.',
        );
      }
      isInPeriod ||= attempt.eventId === first.event.id;
      const outcomes = replay.next(attempt);
      if (isInPeriod && (app === undefined || attempt.app === app)) told.push(...outcomes);
    }
    if (told.length > 0) yield told;
    if (page.next === null) return;
    after = page.next;
  }
}

/** What is recorded meanwhile is not part of it. */
async function lastPosition(answers: Asked): Promise<string | undefined> {
  return (await answers.auditEvents({ limit: 1, order: 'desc' })).events[0]?.position;
}

/** The app as a subject; a question about its sign-ins says what is wrong with one that is not known. */
async function appNamed(answers: Asked, app: string): Promise<string> {
  const { signIns } = await answers.auditSignIns({ app, limit: 1 });
  return signIns[0]?.app ?? app;
}
