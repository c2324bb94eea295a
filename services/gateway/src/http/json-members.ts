import type { changeProfile, RequestOf } from '@evident/contracts';
import { z } from 'zod';
import { problemType } from './input.ts';
import { problemOfCharacters } from './texts.ts';

/**
 * A JSON object of a client's own making. Its texts and the names of its members are held to what is refused in every
 * text; a number that is too large for a double would be stored as null.
 */
export const jsonMembers = z
  .record(z.string(), z.unknown())
  .superRefine((members, context) => {
    const found = findProblem(members, []);
    if (found !== undefined) context.addIssue({ code: 'custom', ...found, ...problemType(found.type) });
  })
  // The parser of the body made nothing that is not JSON.
  .transform((members) => members as RequestOf<typeof changeProfile>['data']);

interface Found {
  readonly path: (string | number)[];
  readonly type: string;
  readonly message: string;
}

/** The first problem of a value, in the order of the text. As deep as the parser lets a body be. */
function findProblem(value: unknown, path: Found['path']): Found | undefined {
  if (typeof value === 'string') return problemOf(value, path);
  if (typeof value === 'number' && !Number.isFinite(value))
    return { path, type: 'finite_number', message: 'Input should be a finite number' };
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, member] of entries) {
    const place = [...path, key];
    const found = (typeof key === 'string' ? problemOf(key, place) : undefined) ?? findProblem(member, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problemOf(text: string, path: Found['path']): Found | undefined {
  const problem = problemOfCharacters(text);
  return problem && { path, type: problem[0], message: problem[1] };
}
