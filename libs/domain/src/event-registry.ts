import type { z } from 'zod';

/**
 * A stored event type: its stable name, the newest schema number and shape, what in it is about a person, and how
 * older shapes become the newest one. The stored name is written here and nowhere derived from code.
 */
export interface EventDefinition<Type extends string = string, Shape extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly schema: number;
  readonly data: Shape;
  /**
   * Text members about a person: whom the stream names (its id), unless who appends names another. Stored sealed under
   * that person's key; once the key is gone they read as `"erased"`.
   */
  readonly personal: readonly string[];
  /** Members that no answer, feed or audit ever shows: sealed or hashed secrets. */
  readonly secret: readonly string[];
  /** From schema `n` to `n + 1`, at key `n`; one pure step each. */
  readonly upcasters: Readonly<Record<number, (data: never) => unknown>>;
}

/** The event of a definition; of a union of definitions, the union of their events. */
export type EventOf<Definition extends EventDefinition> =
  Definition extends EventDefinition<infer Type, infer Shape>
    ? { readonly type: Type; readonly data: z.output<Shape> }
    : never;

export function defineEvent<Type extends string, Shape extends z.ZodType>(
  type: Type,
  data: Shape,
  more: {
    schema?: number;
    personal?: readonly string[];
    secret?: readonly string[];
    upcasters?: EventDefinition['upcasters'];
  } = {},
): EventDefinition<Type, Shape> {
  const schema = more.schema ?? 1;
  const upcasters = more.upcasters ?? {};
  for (let version = 1; version < schema; version++) {
    if (upcasters[version] === undefined) throw new TypeError(`${type}: no upcaster from schema ${version}`);
  }
  return { type, schema, data, personal: more.personal ?? [], secret: more.secret ?? [], upcasters };
}

/** Why a stored event cannot be read: a bug or a newer program wrote it, never to be skipped. */
export type ReadProblem = {
  readonly problem: 'unknown-type' | 'newer-schema' | 'wrong-shape';
  readonly message: string;
};

export class EventRegistry {
  readonly #definitions: ReadonlyMap<string, EventDefinition>;

  constructor(definitions: readonly EventDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.type, definition]));
    if (this.#definitions.size !== definitions.length) throw new TypeError('an event type is defined twice');
  }

  get(type: string): EventDefinition | undefined {
    return this.#definitions.get(type);
  }

  get definitions(): readonly EventDefinition[] {
    return [...this.#definitions.values()];
  }

  /** Data in the newest shape from data stored under `schema`; personal members must be open already. */
  read(type: string, schema: number, data: unknown): { readonly data: unknown } | ReadProblem {
    const definition = this.#definitions.get(type);
    if (definition === undefined) return { problem: 'unknown-type', message: `no event type ${type} is known` };
    if (!Number.isInteger(schema) || schema < 1) {
      return { problem: 'wrong-shape', message: `${type} has no schema ${schema}` };
    }
    if (schema > definition.schema) {
      return {
        problem: 'newer-schema',
        message: `${type} has schema ${schema}, this program knows ${definition.schema}`,
      };
    }
    let newest = data;
    try {
      for (let version = schema; version < definition.schema; version++) {
        newest = (definition.upcasters[version] as (older: unknown) => unknown)(newest);
      }
    } catch {
      // Upcasters trust the old shape; what they trip over was never written by a program that knew it.
      return {
        problem: 'wrong-shape',
        message: `${type} schema ${schema} cannot be brought to schema ${definition.schema}`,
      };
    }
    const parsed = definition.data.safeParse(newest);
    if (!parsed.success) {
      const where = parsed.error.issues.map((issue) => issue.path.join('.') || '(whole)').join(', ');
      return { problem: 'wrong-shape', message: `${type} schema ${schema} has a wrong ${where}` };
    }
    return { data: parsed.data };
  }
}
