import { z } from 'zod';

export const timeShape = z.iso.datetime().meta({ description: 'UTC.', examples: ['2026-01-25T12:00:00.000Z'] });

export const dayMs = 86_400_000;
const digits = (count: number, width: number) =>
  Array.from({ length: count }, (_, number) => String(number).padStart(width, '0'));
const [two, three] = [digits(60, 2), digits(1_000, 3)];

/** The day that was printed last: the times of one answer are of few days, and `toISOString` is slow. */
let printed = { start: Number.NaN, date: '' };

/** RFC 3339 in UTC with milliseconds. */
export function ussoTime(milliseconds: number): string {
  const start = Math.floor(milliseconds / dayMs) * dayMs;
  if (start !== printed.start) printed = { start, date: new Date(start).toISOString().slice(0, -14) };
  const ofDay = Math.floor(milliseconds - start);
  const seconds = Math.floor(ofDay / 1_000);
  const [hour, minute, second] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${printed.date}T${two[hour]}:${two[minute]}:${two[second]}.${three[ofDay % 1_000]}Z`;
}
