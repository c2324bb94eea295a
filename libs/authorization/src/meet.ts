import { isWider } from './delegate.ts';

/**
 * Of two lists of scopes, those that neither reaches beyond: what can be said in one list of somebody who may do only
 * what both allow. Never wider than asking both (`evaluate` twice), and where two scopes merely overlap, narrower.
 */
export function meet(one: readonly string[], other: readonly string[]): readonly string[] {
  const coveredBy = (scopes: readonly string[], scope: string) => scopes.some((wide) => !isWider(scope, wide));
  const kept = [...one.filter((scope) => coveredBy(other, scope)), ...other.filter((scope) => coveredBy(one, scope))];
  return [...new Set(kept)];
}
