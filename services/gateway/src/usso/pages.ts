import { z } from 'zod';
import { problemType } from '../http/input.ts';
import { integerDigits, notInteger } from '../http/numbers.ts';
import type { Page } from '../http/pull-page.ts';
import { type AskedCreation, creationQuery, type PlainOrder, refuseTurnedRange } from './creation-query.ts';

const largestLimit = 100;

/** A count in a query. What is more than the largest is taken as the largest. */
function count(smallest: number, largest: number) {
  return z
    .string()
    .superRefine((digits, context) => {
      if (!integerDigits.test(digits)) context.addIssue({ code: 'custom', ...notInteger() });
      else if (Number(digits) < smallest) {
        const message = `Input should be greater than or equal to ${smallest}`;
        context.addIssue({ code: 'custom', message, ...problemType('greater_than_equal') });
      }
    })
    .transform((digits) => Math.min(Number(digits), largest))
    .optional();
}

const pageQuery = {
  offset: count(0, Number.MAX_SAFE_INTEGER).meta({
    type: 'integer',
    minimum: 0,
    whereAbsent: 0,
    description: 'How many to leave out at the beginning.',
  }),
  limit: count(1, largestLimit).meta({
    type: 'integer',
    minimum: 1,
    whereAbsent: 10,
    description: `More than ${largestLimit} counts as ${largestLimit}.`,
  }),
  page: count(1, Number.MAX_SAFE_INTEGER).meta({
    type: 'integer',
    minimum: 1,
    description: 'From 1; counts where there is no `offset`.',
  }),
};

/**
 * The query of a list: `offset` and `limit`, or `page` and `limit`, when its things were made, in which order it is to
 * come, and its filters. A parameter that the list does not know is refused: what it was to leave out would be in the
 * answer, and nobody would see it.
 */
export function listQuery<Filters extends z.ZodRawShape>(filters: Filters, plain: PlainOrder = 'created_at') {
  const query = z.strictObject({ ...pageQuery, ...creationQuery(plain), ...filters });
  // The compiler cannot see that whatever filters there are leave these members as they are.
  return query.superRefine((asked, context) => refuseTurnedRange(asked as AskedCreation, context));
}

export interface AskedPage {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly page?: number | undefined;
}

/** The page that was asked for, as the services count. */
export function pageOf({ offset, limit = 10, page = 1 }: AskedPage): Page {
  return { skip: offset ?? Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER), limit };
}

/** The shape of a page of `item`, named in the document as `name`. */
export function pageShape<Item extends z.ZodType>(name: string, item: Item) {
  return z
    .object({
      items: z.array(item),
      total: z.int().meta({ description: 'How many there are in all.' }),
      offset: z.int(),
      limit: z.int(),
    })
    .meta({ id: name });
}
