/** Whose key seals the client of an attempt that named nobody: a new one each month, so that old ones can be deleted. */
export function unknownPerson(at: number): string {
  return `unknown-${new Date(at).toISOString().slice(0, 7)}`;
}

/** Those of the months that lie behind the present one by more than `kept` whole months, newest first. */
export function unknownPersonsBefore(now: number, kept: number, lookedBack: number): readonly string[] {
  const present = new Date(now);
  return Array.from({ length: lookedBack }, (_, index) =>
    unknownPerson(Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - kept - 1 - index)),
  );
}
