import { eventRegistry } from '@evident/domain';

/** Which event types are wanted. */
export interface WantedTypes {
  /** True where nothing is left out, not even a type that a newer program wrote. */
  readonly all: boolean;
  /** Those of the registry that match. */
  readonly types: readonly string[];
  matches(type: string): boolean;
}

const everything: WantedTypes = {
  all: true,
  types: eventRegistry.definitions.map(({ type }) => type),
  matches: () => true,
};

/**
 * Reads `user.*,role.*,signin.failed`; all types where the text is left out. Otherwise the part that is no pattern, or
 * names a type or a category that there is not: a misspelt type would read as "it never happened".
 */
export function typePatterns(text: string | undefined): WantedTypes | { readonly unknown: string } {
  if (text === undefined) return everything;
  const wanted = new Set<string>();
  for (const pattern of text.split(',').map((part) => part.trim())) {
    const matching = everything.types.filter((type) => matchesTypePattern(pattern, type));
    if (matching.length === 0) return { unknown: pattern };
    if (pattern === '*') return everything;
    for (const type of matching) wanted.add(type);
  }
  return { all: false, types: [...wanted], matches: (type) => wanted.has(type) };
}

/** Whether `*`, `user.*` or `user.registered` names a type, whichever program knows that type. */
export function matchesTypePattern(pattern: string, type: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}
