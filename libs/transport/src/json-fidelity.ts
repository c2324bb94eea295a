/**
 * Where a value would not arrive over a wire as it is: a path and the reason, or undefined where JSON carries it.
 * Members that are `undefined` are no loss: they are absent on both sides.
 */
export function whatJsonLoses(value: unknown, path = 'value', depth = 0): string | undefined {
  if (depth > 64) return `${path} is too deep, or contains itself`;
  if (typeof value === 'string') return value.isWellFormed() ? undefined : `${path} holds half a surrogate pair`;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value === 'boolean' || value === null) return undefined;
  if (typeof value !== 'object') return `${path} is ${article(typeof value)}`;
  if (Array.isArray(value)) {
    return first(value, (item, index) => whatJsonLoses(item, `${path}[${index}]`, depth + 1));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return `${path} is ${article(value.constructor?.name ?? 'an unknown class')}`;
  }
  return first(Object.entries(value), ([key, member]) =>
    member === undefined ? undefined : whatJsonLoses(member, `${path}.${key}`, depth + 1),
  );
}

const article = (name: string) => (/^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`);

function first<Item>(items: readonly Item[], look: (item: Item, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
