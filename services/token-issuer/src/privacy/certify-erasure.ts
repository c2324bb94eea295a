import { type CallerCheck, permit } from '@evident/caller';
import {
  type certifyErasure,
  type ErasureCertificate,
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
} from '@evident/contracts';
import type { SealSigner } from '@evident/crypto';
import { type ErasureEvent, type IdentifierPolicy, streams } from '@evident/domain';
import { readable, type StoredEvent } from '@evident/event-store';
import { certifyErased } from '@evident/evidence';
import type { Log } from '@evident/log';

export interface CertifyingErasures {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'personKeys'>;
  readonly signer: SealSigner;
}

/** For callers who may erase; see `certifiedErasure`. */
export function createCertifyErasure(deps: CertifyingErasures, callers: CallerCheck) {
  return async (
    { userId }: RequestOf<typeof certifyErasure>,
    context: RequestContext,
  ): Promise<Reply<ErasureCertificate>> => {
    const checked = await callers.check(context.credential);
    if (!checked.ok) return checked;
    const missing = permit(checked.caller, 'manage:evident/privacy');
    return missing === undefined ? certifiedErasure(deps, userId) : { ok: false, error: missing };
  };
}

/**
 * Signs only what it has seen itself: the event on the person's stream and the end of the erasure on the log, and no
 * key where the person's key was. All that it says is on the log, so that the same erasure has the same certificate,
 * whenever it is asked for.
 */
export async function certifiedErasure(
  { log, signer }: CertifyingErasures,
  userId: string,
): Promise<Reply<ErasureCertificate>> {
  const { tenant, personKeys } = log;
  const erased = await findErasedEvent(log, userId);
  const completed = await findCompletedEvent(log, userId);
  const keys = await personKeys.find([userId]);
  if (erased === undefined || completed === undefined || keys.has(userId)) {
    return fail('person.not-erased', { retryAfterSeconds: 1 });
  }
  const { identifiers } = erased.data as { readonly identifiers: IdentifierPolicy };
  const certificate = certifyErased(
    {
      tenant,
      subject: `user:${userId}`,
      erasedAt: new Date(erased.recordedAt).toISOString(),
      event: erased.id,
      position: erased.position,
      identifiers,
      keyDestroyed: true,
      issuedAt: new Date(completed.stored.recordedAt).toISOString(),
    },
    signer,
  );
  return succeed(certificate, erased.position);
}

/** It is the last event of the stream, or close to it. */
async function findErasedEvent({ store, tenant }: CertifyingErasures['log'], userId: string) {
  const stream = streams.user(tenant, userId);
  const end = await store.readStreamEnd(stream, 20);
  const isErased = ({ type }: StoredEvent) => type === 'user.erased';
  return end.findLast(isErased) ?? (await store.readStream(stream)).findLast(isErased);
}

async function findCompletedEvent({ store, codec, tenant }: CertifyingErasures['log'], userId: string) {
  const erasures = await store.readStream(streams.erasures(tenant));
  const decoded = await Promise.all(erasures.map(async (event) => readable<ErasureEvent>(await codec.decode(event))));
  return decoded.find(({ type, data }) => type === 'erasure.completed' && data.userId === userId);
}
