import type { IdentifierKind } from './events.ts';

/** What telling the identifiers of a user apart needs: the fold of the rules and that of the views share it. */
export type HeldIdentifier = {
  readonly kind: IdentifierKind;
  readonly claimId: string;
  readonly verified: boolean;
  readonly primary: boolean;
};

/** Adds one, or shows the one of this claim otherwise; a primary one takes that from the others of its kind. */
export function addIdentifier<Identifier extends HeldIdentifier>(
  identifiers: readonly Identifier[],
  added: Identifier,
): readonly Identifier[] {
  const isKnown = identifiers.some(({ claimId }) => claimId === added.claimId);
  const all = isKnown
    ? identifiers.map((identifier) => (identifier.claimId === added.claimId ? added : identifier))
    : [...identifiers, added];
  return added.primary ? promoteIdentifier(all, added.claimId) : all;
}

export function verifyIdentifier<Identifier extends HeldIdentifier>(
  identifiers: readonly Identifier[],
  claimId: string,
): readonly Identifier[] {
  return identifiers.map((identifier) =>
    identifier.claimId === claimId ? { ...identifier, verified: true } : identifier,
  );
}

export function promoteIdentifier<Identifier extends HeldIdentifier>(
  identifiers: readonly Identifier[],
  claimId: string,
): readonly Identifier[] {
  const kind = identifiers.find((identifier) => identifier.claimId === claimId)?.kind;
  return identifiers.map((identifier) => {
    const primary = identifier.claimId === claimId;
    return identifier.kind !== kind || identifier.primary === primary ? identifier : { ...identifier, primary };
  });
}

/** The one that stands for its kind where a contract knows one of each. */
export function primaryIdentifier<Identifier extends HeldIdentifier>(
  identifiers: readonly Identifier[],
  kind: IdentifierKind,
): Identifier | undefined {
  return identifiers.find((identifier) => identifier.kind === kind && identifier.primary);
}
