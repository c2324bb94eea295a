import { z } from 'zod';
import { integerInQuery } from '../http/numbers.ts';

export const pageQuery = {
  skip: integerInQuery(0, Number.MAX_SAFE_INTEGER, 0).meta({ description: 'How many to leave out at the beginning.' }),
  limit: integerInQuery(1, 1_000, 100),
};
export const pageShape = z.object(pageQuery);
