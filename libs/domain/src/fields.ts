import { z } from 'zod';

/** Shapes of members that several aggregates share. */
export const uuid = z.uuid();
/** Milliseconds since the epoch. */
export const instant = z.number().int().nonnegative();
/** `k<number>.<base64url>`: a keyed hash and the number of its lookup key. */
export const keyedHash = z.string().regex(/^k\d+\.[A-Za-z0-9_-]+$/);
/** An integer id: 1, 2, 3 … in the order of allocation. */
export const serial = z.number().int().positive();
export const revision = z.number().int().min(-1);
