import { z } from 'zod';

export type JsonMembers = { [member: string]: z.core.util.JSONType };
const members = z.record(z.string(), z.json()).catch({});

/** The object that a stored text is; an empty one where it was never set, and where the person was erased. */
export function readJsonObject(text: string): JsonMembers {
  if (text === '' || text === '{}') return {};
  try {
    return members.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
