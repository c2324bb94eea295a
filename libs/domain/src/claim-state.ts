/** `live`: the claimed value is the holder's. `ended`: it was. `abandoned`: it never will be under this claim. */
export type ClaimState = 'live' | 'ended' | 'abandoned';

/** How many claims were abandoned here: names the attempt, so that a retry makes a claim of its own. */
export function countAbandoned(claims: ReadonlyMap<string, ClaimState>): number {
  let count = 0;
  for (const claim of claims.values()) if (claim === 'abandoned') count++;
  return count;
}
