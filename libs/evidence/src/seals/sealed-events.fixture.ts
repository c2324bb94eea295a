import { randomBytes, randomUUID } from 'node:crypto';
import { createSealSigner, type SealSigner } from '@evident/crypto';
import type { Expiry, Seal } from '@evident/domain';
import { eventDigest, type Position, type StoredEvent } from '@evident/event-store';
import { type LogToVerify, merkleRoot, sealDigest, signSeal } from '../index.ts';

export const tenant = 'main';
export const ourKey = createSealSigner(randomBytes(32));

export const positionOf = (place: number) => `log~${String(place).padStart(16, '0')}` as Position;

/** A log in memory, as somebody who owns the store could rewrite it. */
export function someEvents(count: number, streams = 5): StoredEvent[] {
  const revisions = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const stream = `user-main.${index % streams}`;
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const id = randomUUID();
    const metadata = { tenant, actor: 'system', commandId: id, correlationId: id, occurredAt: index };
    const place = { stream, revision, position: positionOf(index + 1), recordedAt: 1_700_000_000_000 + index };
    return { id, type: 'user.registered', schema: 1, data: { number: index + 1 }, metadata, ...place };
  });
}

/** Seals over stretches of so many events; what is left over stays without one. */
export function sealsOver(events: readonly StoredEvent[], stretch: number, signer: SealSigner = ourKey): Seal[] {
  const seals: Seal[] = [];
  for (let before = 0; before + stretch <= events.length; before += stretch) {
    const sealed = events.slice(before, before + stretch);
    const last = seals.at(-1);
    const statement = {
      number: seals.length + 1,
      before,
      count: stretch,
      from: sealed[0]?.position ?? '',
      to: sealed.at(-1)?.position ?? '',
      merkleRoot: merkleRoot(sealed.map(eventDigest)),
      previous: last === undefined ? null : sealDigest(tenant, last),
      at: 1,
    };
    seals.push(signSeal(tenant, statement, signer));
  }
  return seals;
}

export interface LogOptions {
  readonly seals: readonly Seal[];
  readonly kept?: readonly Seal[];
  readonly expiries?: readonly Expiry[];
  readonly trusted?: readonly string[];
  readonly logId?: string;
}

/** The log as `verifyLog` takes it. */
export function asLog(events: readonly StoredEvent[], options: LogOptions): LogToVerify {
  const { seals, kept = [], expiries = [], trusted = [ourKey.key.kid], logId = 'log' } = options;
  return {
    tenant,
    trusted: new Set(trusted),
    kept,
    seals: (async function* () {
      yield* seals;
    })(),
    expiries: async function* (after) {
      yield* expiries.slice(expiries.findIndex(({ upTo }) => upTo > after)).filter(({ upTo }) => upTo > after);
    },
    store: {
      async readAll(after, limit) {
        return events.filter(({ position }) => after === undefined || position > after).slice(0, limit);
      },
      parsePosition: (text) => (text.includes('~') ? (text as Position) : undefined),
      compare: (a, b) =>
        a.startsWith(`${logId}~`) ? Number(a > b) - Number(a < b) : { outcome: 'log-changed', logId },
    },
  };
}
