import { uncovered } from './delegate.ts';

/**
 * Of two lists of scopes, those that neither reaches beyond: what can be said in one list of somebody who may do only
 * what both allow. Never wider than asking both (`evaluate` twice), and where two scopes merely overlap, narrower.
 */
export function meet(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...covered(one, other), ...covered(other, one)])];
}

function covered(children: readonly string[], parents: readonly string[]): readonly string[] {
  const beyond = new Set(uncovered(children, parents));
  return children.filter((scope) => !beyond.has(scope));
}
