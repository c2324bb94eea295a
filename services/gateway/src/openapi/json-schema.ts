import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Shapes that carry an id (`.meta({ id })`) are collected here and referred to; the others stand where they are used. */
export class SchemaCollection {
  readonly #named = new Map<string, unknown>();

  /** `input`: what may be sent; `output`: what is answered. */
  schemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Wrapped, so that a shape with an id is a reference here too.
    const wrapped = z.toJSONSchema(z.object({ shape }), { io, unrepresentable: 'any', override: simplify });
    const { properties, $defs = {} } = hoisted(wrapped);
    for (const [name, schema] of Object.entries($defs)) this.#named.set(name, schema);
    return properties.shape;
  }

  /** Name to schema, by name. */
  get named(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

interface Wrapped {
  readonly properties: { readonly shape: JsonSchema };
  readonly $defs?: Readonly<Record<string, unknown>>;
}

function hoisted(schema: unknown): Wrapped {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** Leaves out what says nothing to a reader: an id that is the name already, and the digits of what is an integer. */
function simplify({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.id;
  // Zod takes default and examples off a shape that transforms, since they are of the outcome; these are of both forms.
  if ('whereAbsent' in jsonSchema) jsonSchema.default = jsonSchema.whereAbsent;
  delete jsonSchema.whereAbsent;
  if ('sample' in jsonSchema) jsonSchema.examples = [jsonSchema.sample];
  delete jsonSchema.sample;
  if (jsonSchema.type === 'integer' || jsonSchema.type === 'boolean') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}
