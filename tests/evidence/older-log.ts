import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { eventId } from '@evident/event-store';
import { manualClock, openTemporaryLog, silentLogger } from '@evident/testing';
import { createTokenIssuer } from '@evident/token-issuer';

const day = 86_400_000;

export interface OlderLog {
  readonly dataDir: string;
  /** Whose attempts, in turns. */
  readonly people: readonly string[];
  /** Attempts of three years ago, and of yesterday; `k1.tried-<number>-there` is only in what the attempt says. */
  readonly old: number;
  readonly recent: number;
}

/** A sealed log of which a part is three years old; the positions of its events. */
export async function olderLog({ dataDir, people, old, recent }: OlderLog): Promise<readonly string[]> {
  const clock = manualClock(Date.now() - 3 * 365 * day);
  const temporary = await openTemporaryLog({ now: clock, dataDir });
  const { log } = temporary;
  const issuer = await createTokenIssuer({ ...temporary, logger: silentLogger });
  for (let number = 0; number < old + recent; number++) {
    if (number === old) clock.advance(3 * 365 * day - 2 * day);
    clock.advance(60_000);
    const userId = people[number % people.length] ?? '';
    const commandId = randomUUID();
    const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: clock() };
    const counted = { account: `k1.tried-${number}-there`, caller: 'k1.caller', at: clock() };
    const judged = { app: null, reservation: 0, user: 0 };
    const data = { purpose: 'session', reason: 'wrong-password', userId, appId: null, judged, ...counted };
    const stream = streams.signIn('main', userId);
    const event = { type: 'signin.failed', data, id: eventId(commandId, stream, 'spec', 0) };
    await log.store.append(stream, await log.codec.encode([event], { stream, metadata }), 'any');
    if (number % 50 === 49 || number === old - 1) await issuer.sealLog();
  }
  const positions: string[] = [];
  for (;;) {
    const page = await log.store.readAll(positions.at(-1) as never, 1_000);
    if ('outcome' in page || page.length === 0) break;
    positions.push(...page.map(({ position }) => position));
  }
  await issuer.close();
  await temporary.close();
  return positions;
}
