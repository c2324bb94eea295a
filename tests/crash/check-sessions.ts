import { streams } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import { call } from '../e2e/http.ts';
import type { HeldSession, SessionHistory } from './session-history.ts';
import { refreshOnce } from './session-holders.ts';

/**
 * What a holder does whose server is back: sends the refresh token that it has, whether or not its last refresh was
 * carried out. Whoever did not ask to be signed out must get tokens, and they must count.
 */
export async function settleSessions(
  evident: { readonly url: string },
  history: SessionHistory,
  from: number,
): Promise<void> {
  await Promise.all(
    history.sessions.slice(from).map(async (session) => {
      if (session.end !== 'none') return;
      session.refreshInDoubt = true;
      const answer = await refreshOnce(session, (options) => call(evident, '/api/sso/v1/auth/refresh', options));
      if (answer.status === 200) history.refreshed(session, answer.body);
      else history.problems.push(`a session that nobody ended refreshes with ${answer.status}`);
    }),
  );
}

/** Everything that is wrong with the sessions, given what their holders were told. Empty where the promises were kept. */
export async function checkSessions(
  evident: { readonly url: string },
  history: SessionHistory,
  events: readonly StoredEvent[],
  from = 0,
): Promise<string[]> {
  const problems = checkSessionEvents(history, events);
  for (const { accessToken: token, sessionId, end } of history.sessions.slice(from)) {
    const { status } = await call(evident, '/api/sso/v1/me', { token });
    const expected = { none: [200], asked: [200, 401], acknowledged: [401] }[end];
    if (!expected.includes(status)) problems.push(`session ${sessionId}: its token is answered ${status}, end: ${end}`);
  }
  return problems;
}

/** The same of what the log alone tells. */
export function checkSessionEvents(history: SessionHistory, events: readonly StoredEvent[]): string[] {
  const onStream = new Map<string, StoredEvent[]>();
  const evidence = new Set<unknown>();
  const problems = [...history.problems];
  for (const event of events) {
    if (!event.type.startsWith('session.')) continue;
    onStream.set(event.stream, [...(onStream.get(event.stream) ?? []), event]);
    if (event.type === 'session.reuse-detected') problems.push(`${event.stream}: nobody used a token twice`);
    if (event.type !== 'session.opened') continue;
    const { eventId } = event.data.evidence as { readonly eventId: string };
    if (evidence.has(eventId)) problems.push(`${event.stream}: a second session of one sign-in`);
    evidence.add(eventId);
  }
  for (const session of history.sessions) {
    const own = onStream.get(streams.session('main', session.sessionId)) ?? [];
    problems.push(...problemsOf(session, own).map((problem) => `session ${session.sessionId}: ${problem}`));
  }
  return problems;
}

function problemsOf(session: HeldSession, events: readonly StoredEvent[]): string[] {
  const problems: string[] = [];
  const types = events.map(({ type }) => type);
  const given = events.flatMap(({ data }) => (typeof data.tokenId === 'string' ? [data.tokenId] : []));
  const { acknowledged, refreshInDoubt, end } = session;
  const more = given.length - acknowledged.length;
  if (types[0] !== 'session.opened') problems.push('its sign-in was acknowledged and is gone');
  if (acknowledged.some((id, index) => given[index] !== id)) problems.push('a refresh that was acknowledged is gone');
  if (more > (refreshInDoubt ? 1 : 0)) problems.push(`${more} refreshes that nobody was told of`);
  const isEnded = types.at(-1) === 'session.revoked';
  if (types.slice(0, -1).includes('session.revoked')) problems.push('something happened to it after its end');
  if (end === 'acknowledged' && !isEnded) problems.push('its end was acknowledged and is gone');
  if (end === 'none' && isEnded) problems.push('it has ended, and nobody asked for that');
  return problems;
}
