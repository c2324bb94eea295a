import type { AnyView } from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';
import type { IndexedValue, RowQuery } from './row-query.ts';
import { textAfterPrefix } from './text-prefix.ts';

/** How one index serves a query: equality on its first members, then bounds on the next one (the key after the last). */
export interface IndexUse {
  /** For the first members of the index, in its order. */
  readonly equal: readonly IndexedValue[];
  /** Inclusive. */
  readonly from?: string | number;
  /** Exclusive. */
  readonly to?: string | number;
  readonly descending: boolean;
  readonly skip: number;
  readonly limit: number;
}

/** Refuses with `misuse` what no index of the view serves, so that no adapter can be made to scan. */
export function useOfIndex(name: string, indexes: AnyView['indexes'], query: RowQuery): IndexUse {
  const { index, order, skip = 0, limit } = query;
  if (index.length > 0 && !indexes.some((each) => isSame(each, index))) {
    throw misuse(name, `[${index.join(', ')}] is not declared`);
  }
  const [from, to] = bounds(name, query);
  return {
    equal: equalities(name, query),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    descending: order === 'desc',
    skip: count(name, skip),
    limit: count(name, limit),
  };
}

export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member, at) => member === other[at]);
}

function equalities(name: string, { where = {}, index }: RowQuery): readonly IndexedValue[] {
  const named = Object.keys(where).filter((member) => where[member] !== undefined);
  const leading = index.slice(0, named.length);
  const astray = named.find((member) => !leading.includes(member));
  if (astray !== undefined) {
    throw misuse(name, `${astray} is not among the first ${named.length} of [${index.join(', ')}]`);
  }
  return leading.map((member) => where[member] ?? null);
}

type Bound = string | number | undefined;

function bounds(name: string, { startsWith, from, to }: RowQuery): readonly [from: Bound, to: Bound] {
  if (startsWith === undefined) return [from, to];
  if (from !== undefined || to !== undefined) throw misuse(name, 'a range and a prefix at once');
  return [startsWith, textAfterPrefix(startsWith)];
}

function count(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw misuse(name, `not a number of rows: ${value}`);
}

function misuse(name: string, what: string): ReadModelFault {
  return new ReadModelFault('misuse', `${name}: no index serves this query: ${what}`);
}
