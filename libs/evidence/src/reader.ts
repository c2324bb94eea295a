/**
 * Who reads events, as far as personal data goes. A person is named by the id of their key: a uuid, or
 * `unknown-<yyyy-mm>` for attempts where nobody was found.
 */
export interface Reader {
  /** May personal members about this person be shown? */
  mayRead(person: string): boolean;
  /** May the address and agent be shown from which this person acted? */
  mayReadClient(person: string): boolean;
}

/** Whoever holds the keys in hand: the operator at the machine. */
export const everyPerson: Reader = { mayRead: () => true, mayReadClient: () => true };
