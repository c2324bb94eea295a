import { z } from 'zod';

export type JsonMembers = { [member: string]: z.core.util.JSONType };
const members = z.record(z.string(), z.json());

/** The object that a stored text is; an empty one where it was never set, and where the person was erased. */
export function readJsonObject(text: string): JsonMembers {
  try {
    return members.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}
