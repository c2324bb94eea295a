import type { auditAccess, ReplyError, RequestOf } from '@evident/contracts';
import { parseStreamName } from '@evident/domain';
import type { ParkedStream } from '@evident/read-model';
import { accessEdgesProjection } from '../projections/access-edges.projection.ts';
import { activeTimesProjection } from '../projections/active-times.projection.ts';

type AccessRequest = Pick<RequestOf<typeof auditAccess>, 'user' | 'app'>;

/**
 * Whether an event that waits for an operator may speak of who could use what: then there is no answer, rather than one
 * that leaves it out. Who is not named, or by an integer id, may be anybody.
 */
export function mayChangeAccess({ user, app }: AccessRequest): (parked: ParkedStream) => boolean {
  return ({ projection, stream }) => {
    if (projection !== accessEdgesProjection.name && projection !== activeTimesProjection.name) return false;
    const { category = '', id = '' } = parseStreamName(stream) ?? {};
    const named = category === 'app' ? app : user;
    return named === undefined || !named.includes(':') || named === `${category}:${id}`;
  };
}

/** Whether the answer is right whatever waits: the question made no sense. One that found nothing may be wrong. */
export function isFinal(answer: { readonly found: unknown } | { readonly error: ReplyError }): boolean {
  return 'error' in answer && answer.error.code !== 'audit.unknown-subject';
}
