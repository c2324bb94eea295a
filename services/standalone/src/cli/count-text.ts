/** 1234567 as `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
