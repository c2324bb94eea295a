import fc from 'fast-check';

/** A JSON schema as far as the OpenAPI document uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

export type NamedSchemas = Readonly<Record<string, Schema>>;
/** Values for members of a name, beside what their schema allows. */
export type Meanings = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Values that a schema allows; examples often, so that some of them mean something. */
export function valid(schema: Schema, named: NamedSchemas, meanings: Meanings = {}): fc.Arbitrary<unknown> {
  const known = resolved(schema, named);
  const examples = [...(known.examples ?? []), ...('default' in known ? [known.default] : [])];
  const any = generated(known, named, meanings);
  return examples.length === 0 ? any : fc.oneof(any, fc.constantFrom(...examples));
}

function generated(schema: Schema, named: NamedSchemas, meanings: Meanings): fc.Arbitrary<unknown> {
  const { type, enum: values, anyOf, items, minimum, maximum } = schema;
  if ('const' in schema) return fc.constant(schema.const);
  if (values !== undefined) return fc.constantFrom(...values);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => valid(one, named, meanings)));
  switch (type) {
    case 'string':
      return texts(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(minimum ?? -1e9, -1e9), max: Math.min(maximum ?? 1e9, 1e9) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(items ?? {}, named, meanings), { maxLength: 3 });
    case 'object':
      return objects(schema, named, meanings);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function texts({ minLength = 0, maxLength = 2_000 }: Schema): fc.Arbitrary<string> {
  const short = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 24)) };
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ ...short, unit: 'grapheme' }).filter((text) => [...text].length <= maxLength) },
    { weight: 2, arbitrary: fc.string(short) },
    { weight: 1, arbitrary: fc.constantFrom('a'.repeat(maxLength), '\u{1f600}'.repeat(Math.min(maxLength, 1_000))) },
  );
}

function objects({ properties = {}, required = [] }: Schema, named: NamedSchemas, meanings: Meanings) {
  const members = Object.entries(properties).map(([name, schema]) => {
    const allowed = valid(schema, named, meanings);
    const meaning = meanings[name];
    return [name, meaning === undefined ? allowed : fc.oneof({ weight: 4, arbitrary: meaning }, allowed)] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
}

/** What no schema of ours means, wherever it stands. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    '\0',
    '\ud800',
    'a'.repeat(10_000),
    { $gt: '' },
    { $ne: null },
    [],
    {},
    null,
    -1,
    0,
    1e308,
  ),
  fc.constantFrom<unknown>(2 ** 53, 1.5, '../..', "' OR 1=1 --", '\u202e\u0000', '{{7*7}}', '%00', true),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** A valid object spoilt: a member replaced, dropped or added, or the whole of it replaced. */
export function spoilt(object: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const names = fc.oneof(fc.string({ maxLength: 10 }), fc.constantFrom('__proto__', 'constructor', '$where', 'id'));
  return fc
    .tuple(object, fc.nat(), hostile, names, fc.constantFrom('replace', 'drop', 'add', 'all'))
    .map(([value, place, bad, name, how]) => {
      if (typeof value !== 'object' || value === null || how === 'all') return bad;
      const entries = Object.entries(value);
      const at = entries.length === 0 ? 0 : place % entries.length;
      if (how === 'add' || entries.length === 0) return Object.fromEntries([...entries, [name, bad]]);
      const [chosen = ''] = entries[at] ?? [];
      const rest = entries.filter((_, index) => index !== at);
      return Object.fromEntries(how === 'drop' ? rest : [...rest, [chosen, bad]]);
    });
}

function resolved(schema: Schema, named: NamedSchemas): Schema {
  const target = schema.$ref === undefined ? undefined : named[schema.$ref.replace('#/components/schemas/', '')];
  return target ?? schema;
}
