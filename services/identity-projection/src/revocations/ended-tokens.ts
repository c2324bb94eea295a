import type { Revocation } from '@evident/contracts';
import { eventRegistry, parseStreamName, sessionRevoked } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import {
  firstGeneration,
  type GenerationRow,
  generationDefinitions,
  holderKindOf,
} from '../projections/generations.projection.ts';

const generationTypes = new Set<string>(generationDefinitions.map(({ type }) => type));

/** What ends with an event: tokens of a user or agent older than a generation, or those of one session. */
export interface EndedTokens {
  readonly revocation: Revocation;
  readonly endedAt: number;
}

/** The longest that ACCESS_TOKEN_TTL may be; a token that is alive may have been made when it was longer than now. */
const longestAccessTokenMs = 86_400_000;
/** For clocks that differ: that of whoever checks a token, of whoever made it, and of the log. */
const clockToleranceMs = 60_000;
/** How long an ended token could still be taken for a living one. */
export const revocationLifeMs = longestAccessTokenMs + clockToleranceMs;

/**
 * Undefined where the event ends no token. One that this program cannot read (a newer one wrote it) ends every token
 * of its subject: it may have ended them, and closing for one person beats either mistake for all.
 */
export function endedBy(event: StoredEvent): EndedTokens | undefined {
  const { type, recordedAt: endedAt } = event;
  if (generationTypes.has(type)) {
    const holderId = subjectIdOf(event);
    const generation = generationOf(event);
    if (generation === firstGeneration || holderId === '') return undefined;
    return generationEnded(holderKindOf(type), holderId, generation, endedAt);
  }
  if (type === sessionRevoked.type) return sessionEnded(subjectIdOf(event), endedAt);
  return undefined;
}

export function generationEnded(
  holder: GenerationRow['holder'],
  holderId: string,
  generation: number,
  endedAt: number,
): EndedTokens {
  return holder === 'user'
    ? { revocation: { kind: 'user', userId: holderId, generation }, endedAt }
    : { revocation: { kind: 'agent', agentId: holderId, generation }, endedAt };
}

export function sessionEnded(sessionId: string, endedAt: number): EndedTokens {
  return { revocation: { kind: 'session', sessionId, expiresAt: endedAt + revocationLifeMs }, endedAt };
}

function generationOf({ type, schema, data }: StoredEvent): number {
  const read = eventRegistry.read(type, schema, data);
  if ('problem' in read) return Number.MAX_SAFE_INTEGER;
  return (read.data as { readonly generation: number }).generation;
}

function subjectIdOf({ stream }: StoredEvent): string {
  return parseStreamName(stream)?.id ?? '';
}
