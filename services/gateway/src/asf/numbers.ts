import { z } from 'zod';
import { integerDigits, notInteger } from '../http/numbers.ts';

/** Belongs to nobody, so that a service that is asked for it still looks at the caller before it says "not found". */
const numberOfNobody = 0;

/** An id in a path. One that no object can have is unknown, not malformed (api/asf.md). */
export const idInPath = z
  .string()
  .refine((digits) => integerDigits.test(digits), notInteger())
  .transform((digits) => {
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : numberOfNobody;
  })
  .meta({ type: 'integer', sample: 5 });
