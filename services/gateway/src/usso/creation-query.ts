import { type CreationRequest, given } from '@evident/contracts';
import { parseTime } from '@evident/runtime';
import { z } from 'zod';
import { problemType } from '../http/input.ts';
import { dayMs } from './times.ts';

/** How a list is sorted where `sort` is left out; by joining a workspace in no way that `sort` names. */
export type PlainOrder = 'created_at' | '-created_at' | 'joining';

/** The parameters of a list that ask by when its things were made. */
export function creationQuery(plain: PlainOrder) {
  const sort = z.enum(['created_at', '-created_at']).optional();
  return {
    created_at_from: timeInQuery(0).meta({
      ...timeMeta,
      description: `Made then or later: inclusive. ${written}, which counts from its first moment in UTC.`,
    }),
    created_at_to: timeInQuery(dayMs - 1).meta({
      ...timeMeta,
      description: `Made then or earlier: inclusive. ${written}, which counts up to its last moment in UTC.`,
    }),
    sort:
      plain === 'joining'
        ? sort.meta({ description: 'Oldest or newest first; in the order of joining where it is left out.' })
        : sort.meta({ description: 'Oldest or newest first.', whereAbsent: plain }),
  };
}

const written = 'ISO 8601 with its zone, or a date';
const timeMeta = { sample: '2026-01-25T12:00:00Z' };
const date = /^\d{4}-\d\d-\d\d$/;

/** A time as milliseconds since the epoch, or a date, of whose day that many milliseconds have passed. */
function timeInQuery(ofDay: number) {
  return z
    .string()
    .transform((text, context) => {
      const time = parseTime(text);
      if (time !== undefined) return time;
      const day = date.test(text) ? parseTime(`${text}T00:00:00Z`) : undefined;
      if (day !== undefined) return day + ofDay;
      const message = 'Input should be a time with its zone, like 2026-01-25T12:00:00Z, or a date';
      context.addIssue({ code: 'custom', message, ...problemType('datetime_parsing') });
      return z.NEVER;
    })
    .optional();
}

export interface AskedCreation {
  readonly created_at_from?: number | undefined;
  readonly created_at_to?: number | undefined;
  readonly sort?: 'created_at' | '-created_at' | undefined;
}

/** What is wrong with a range: as in the audit, it may not end before it begins. */
export function refuseTurnedRange(asked: AskedCreation, context: z.core.$RefinementCtx): void {
  const { created_at_from: from = -Infinity, created_at_to: to = Infinity } = asked;
  if (from <= to) return;
  const message = 'Input should not be before created_at_from';
  context.addIssue({ code: 'custom', path: ['created_at_to'], message, ...problemType('value_error') });
}

/** What was asked for, as the services take it. */
export function creationOf({
  created_at_from: createdFrom,
  created_at_to: createdTo,
  sort,
}: AskedCreation): CreationRequest {
  const orders = { created_at: 'asc', '-created_at': 'desc' } as const;
  return given({ createdFrom, createdTo, order: sort === undefined ? undefined : orders[sort] });
}
