import { openSession, type PersonObject, type Reply, type SignInEvidence } from '@evident/contracts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { ussoPerson } from './person.ts';
import { ussoRefusals } from './refusals.ts';
import { signedIn } from './signed-in.ts';

/** What auth-command answers to whoever proved who they are. */
export interface Proven {
  readonly userId: string;
  readonly evidence: SignInEvidence;
  readonly person?: PersonObject | undefined;
}

/** Turns the evidence of a sign-in into the one session that it opens, and that into the answer of a login. */
export async function answerWithSession(proven: Reply<Proven>, call: Call): Promise<Answer> {
  if (!proven.ok) return ussoRefusals.refuse(proven.error);
  const { userId, evidence, person } = proven.value;
  const session = await call.send(openSession, { evidence, purpose: 'session' });
  if (!session.ok) return ussoRefusals.refuse(session.error);
  call.remember(`user:${userId}`, session.position);
  return signedIn({
    tokens: session.value,
    user: person === undefined ? {} : ussoPerson(person, call.context.tenant),
    status: 'completed',
    position: session.position,
    secure: call.client.cookiesAreSecure,
  });
}
