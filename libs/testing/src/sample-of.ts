import { z } from 'zod';

interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** The least that a shape takes: required members alone. Throws where that is not what the shape takes after all. */
export function sampleOf(shape: z.ZodType): Record<string, unknown> {
  const sample = of(z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }) as Schema);
  return shape.parse(sample) as Record<string, unknown>;
}

function of(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return of(choice);
  switch (schema.type) {
    case 'object': {
      const required = schema.required ?? [];
      return Object.fromEntries(required.map((name) => [name, of(schema.properties?.[name] ?? {})]));
    }
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1);
    case 'boolean':
      return false;
    case 'string':
      return schema.format === 'uuid' ? '0198a1b2-c3d4-7000-8000-000000000001' : 'x'.repeat(schema.minLength ?? 1);
    default:
      return {};
  }
}
