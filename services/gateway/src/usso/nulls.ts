import { z } from 'zod';

/** A member of a POST body that may be left out: null counts as absent, and comes out as undefined. */
export function optional<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish().transform((value) => value ?? undefined);
}

/**
 * A member of a PATCH body that may be empty: absent leaves it as it is, null clears it. A member that may not be empty
 * is `shape.optional()`, for which null is 422.
 */
export function clearable<Shape extends z.ZodType>(shape: Shape) {
  return z.optional(z.nullable(shape));
}
