/**
 * Freezes a JSON-like value and all in it. What is frozen already is taken to be frozen throughout, so that a row kept
 * in memory costs nothing the second time.
 */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // Frozen first, so that a value that contains itself ends. Bytes cannot be frozen and are no JSON anyway.
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
