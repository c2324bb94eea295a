import { z } from 'zod';
import { problemType } from './input.ts';

export const integerDigits = /^-?\d+$/;
/** A new one each time: zod takes the message out of what it is given. */
export const notInteger = () => ({
  message: 'Input should be a valid integer, unable to parse string as an integer',
  ...problemType('int_parsing'),
});

/** An integer in a query, within bounds. Given twice it is an array, and refused. */
export function integerInQuery(smallest: number, largest: number, absent: number) {
  return z
    .string()
    .superRefine((digits, context) => {
      if (!integerDigits.test(digits)) context.addIssue({ code: 'custom', ...notInteger() });
      else if (Number(digits) < smallest) {
        const message = `Input should be greater than or equal to ${smallest}`;
        context.addIssue({ code: 'custom', message, ...problemType('greater_than_equal') });
      } else if (Number(digits) > largest) {
        const message = `Input should be less than or equal to ${largest}`;
        context.addIssue({ code: 'custom', message, ...problemType('less_than_equal') });
      }
    })
    .transform(Number)
    .default(absent)
    .meta({ type: 'integer', minimum: smallest, maximum: largest, whereAbsent: absent });
}

const words = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `false`, `1` or `0` in any case: Python's clients write `True`. */
export const booleanInQuery = z
  .string()
  .refine((word) => words.has(word.toLowerCase()), {
    message: 'Input should be a valid boolean, unable to interpret input',
    ...problemType('bool_parsing'),
  })
  .transform((word) => words.get(word.toLowerCase()) === true)
  .meta({ type: 'boolean' });
