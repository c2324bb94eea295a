/** UTC without a zone, whole seconds: `2026-01-25T12:00:00`. */
export function asfTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}
