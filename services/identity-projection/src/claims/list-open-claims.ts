import type { listOpenClaims, RequestOf } from '@evident/contracts';
import type { StoredRow } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { type OpenClaimRow, openClaimsView } from '../projections/open-claims.projection.ts';
import { type Reading, read } from '../reading/reading.ts';

/** Oldest first. */
export function createListOpenClaims(reading: Reading): MessageHandler<typeof listOpenClaims> {
  return ({ before, after, limit }, context) =>
    read(reading, context, async () => {
      const begin = after === undefined ? {} : { from: after.claimedAt, skip: after.passed };
      const rows = await reading.store.find(openClaimsView, { index: ['claimedAt'], ...begin, to: before, limit });
      const claims = rows.flatMap(({ row }) => {
        if (row === undefined) return [];
        const { kind, lookup, claimId, holder } = row;
        return [{ kind, lookup, claimId, holder }];
      });
      return { found: { claims, next: rows.length < limit ? null : endOf(rows, after) } };
    });
}

type Place = NonNullable<RequestOf<typeof listOpenClaims>['after']>;

function endOf(rows: readonly StoredRow<OpenClaimRow>[], after: Place | undefined): Place | null {
  const claimedAt = rows.at(-1)?.row?.claimedAt;
  if (claimedAt === undefined) return null;
  const here = rows.filter(({ row }) => row?.claimedAt === claimedAt).length;
  return { claimedAt, passed: here + (after?.claimedAt === claimedAt ? after.passed : 0) };
}
