import type { listOpenClaims } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { openClaimsView } from '../projections/open-claims.projection.ts';
import { type Reading, read } from './reading.ts';

/** Oldest first. */
export function createListOpenClaims(reading: Reading): MessageHandler<typeof listOpenClaims> {
  return ({ before, limit }, context) =>
    read(reading, context, async () => {
      const rows = await reading.store.find(openClaimsView, { index: ['claimedAt'], to: before, limit });
      const claims = rows.flatMap(({ row }) => {
        if (row === undefined) return [];
        const { kind, lookup, claimId, holder } = row;
        return [{ kind, lookup, claimId, holder }];
      });
      return { found: { claims } };
    });
}
