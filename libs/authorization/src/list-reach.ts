import type { Filters } from './scope.ts';

/** Which objects a list may show. */
export type ListReach =
  | { readonly reach: 'all' }
  /** Those that match at least one of these sets of filters, each as a whole. */
  | { readonly reach: 'some'; readonly filters: readonly Filters[] }
  | { readonly reach: 'none'; readonly missing: string };
