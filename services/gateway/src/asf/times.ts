const dayMs = 86_400_000;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The day that was printed last: the dates of one answer are of few days, and `toISOString` is slow on the way to all. */
let printed = { start: Number.NaN, date: '' };

/** UTC without a zone, whole seconds: `2026-01-25T12:00:00`. */
export function asfTime(milliseconds: number): string {
  const start = Math.floor(milliseconds / dayMs) * dayMs;
  if (start !== printed.start) printed = { start, date: new Date(start).toISOString().slice(0, 10) };
  const seconds = Math.floor((milliseconds - start) / 1_000);
  const [hour, minute, second] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${printed.date}T${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[second]}`;
}
