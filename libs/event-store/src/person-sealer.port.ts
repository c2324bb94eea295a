import type { JsonObject } from './event-store.port.ts';

/**
 * Seals what is about a person under a key of that person, which lives outside the log and can be deleted. Both
 * answer without a promise where the key is at hand, so that the hot path does not wait.
 */
export interface PersonSealer {
  /** `person` names the key; it is made where there is none. `associatedData` must be the same to open. */
  seal(person: string, plaintext: string, associatedData: string): JsonObject | Promise<JsonObject>;
  /** Undefined where the key is gone: the person was erased. Throws where the box does not belong there. */
  open(person: string, sealed: JsonObject, associatedData: string): string | undefined | Promise<string | undefined>;
}
