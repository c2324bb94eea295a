import type { JsonSchema } from './json-schema.ts';

export type NamedSchemas = Readonly<Record<string, unknown>>;

export interface MemberWords {
  readonly name: string;
  readonly required: boolean;
  /** `text, 1 to 320 characters` */
  readonly kind: string;
  readonly description: string;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
const referredName = (schema: JsonSchema) =>
  typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : undefined;

/** What a value of this schema is, in a few words. */
export function kindOf(schema: JsonSchema): string {
  const name = referredName(schema);
  if (name !== undefined) return name;
  if (Array.isArray(schema.anyOf)) {
    const kinds = schema.anyOf.filter(isSchema).map(kindOf);
    return [...new Set(kinds)].join(' or ');
  }
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(', ');
  if (schema.type === 'array') return `list of ${isSchema(schema.items) ? kindOf(schema.items) : 'anything'}`;
  return [wordOf(schema), bounds(schema)].filter(Boolean).join(', ');
}

function wordOf({ type, format }: JsonSchema): string {
  if (Array.isArray(type)) return type.join(' or ');
  if (type === 'string') return typeof format === 'string' ? format : 'text';
  return typeof type === 'string' ? type : 'anything';
}

function bounds({ minLength, maxLength, minimum, maximum, default: absent }: JsonSchema): string {
  const range = (from: unknown, to: unknown, unit: string) => {
    if (from === undefined && to === undefined) return '';
    if (to === undefined) return `at least ${from}${unit}`;
    return from === undefined ? `at most ${to}${unit}` : `${from} to ${to}${unit}`;
  };
  const parts = [range(minLength, maxLength, ' characters'), range(minimum, maximum, '')];
  if (absent !== undefined) parts.push(`${JSON.stringify(absent)} where absent`);
  return parts.filter(Boolean).join(', ');
}

/** The members of an object schema, references followed; none for anything else. */
export function membersOf(schema: JsonSchema, named: NamedSchemas): MemberWords[] {
  const name = referredName(schema);
  const target = name === undefined ? schema : named[name];
  if (!isSchema(target) || !isSchema(target.properties)) return [];
  const required = Array.isArray(target.required) ? target.required : [];
  return Object.entries(target.properties)
    .filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]))
    .map(([member, shape]) => ({
      name: member,
      required: required.includes(member),
      kind: kindOf(shape),
      description: typeof shape.description === 'string' ? shape.description : '',
    }));
}
