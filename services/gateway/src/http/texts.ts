import { isIP } from 'node:net';
import { z } from 'zod';
import { problemType } from './input.ts';

/**
 * A text of so many characters. Characters are code points, as JSON Schema counts them too; a lone surrogate and a NUL
 * are refused everywhere, since neither survives every store and every comparison.
 */
export function text(shortest: number, longest: number) {
  return z
    .string()
    .superRefine((value, context) => {
      const problem = problemOfText(value, shortest, longest);
      if (problem === undefined) return;
      const [type, message] = problem;
      context.addIssue({ code: 'custom', message, ...problemType(type) });
    })
    .meta({ minLength: shortest, maxLength: longest });
}

type Problem = readonly [type: string, message: string];

/** Of the characters alone, however many there are. */
export function problemOfCharacters(value: string): Problem | undefined {
  if (!value.isWellFormed()) return ['string_unicode', 'Input should be a valid string, unable to parse as Unicode'];
  return value.includes('\0') ? ['value_error', 'Input should not contain NUL'] : undefined;
}

function problemOfText(value: string, shortest: number, longest: number): Problem | undefined {
  const problem = problemOfCharacters(value);
  if (problem !== undefined) return problem;
  // Code points are at most as many as UTF-16 units, and at least half as many.
  const sure = value.length <= longest && value.length >= 2 * shortest;
  if (sure) return undefined;
  const length = value.length > 2 * longest ? value.length : [...value].length;
  if (length < shortest) return ['string_too_short', `String should have at least ${characters(shortest)}`];
  if (length > longest) return ['string_too_long', `String should have at most ${characters(longest)}`];
  return undefined;
}

const characters = (count: number) => `${count} character${count === 1 ? '' : 's'}`;

/** An IPv4 or IPv6 address. */
export const ipAddress = z
  .string()
  .refine((value) => isIP(value) !== 0, {
    message: 'Input should be an IPv4 or IPv6 address',
    ...problemType('value_error'),
  })
  .meta({ examples: ['203.0.113.7'] });
