import { z } from 'zod';

export const timeShape = z.iso.datetime().meta({ description: 'UTC.', examples: ['2026-01-25T12:00:00.000Z'] });

/** RFC 3339 in UTC with milliseconds. */
export function ussoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
