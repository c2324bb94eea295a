import { z } from 'zod';

/** Objects as they travel between services; times are milliseconds since the epoch. Each HTTP contract has its own form of them. */
export const userObject = z.object({
  uid: z.uuid(),
  number: z.number().int().positive(),
  username: z.string(),
  email: z.string(),
  isActive: z.boolean(),
  isAdmin: z.boolean(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type UserObject = z.infer<typeof userObject>;

export const userWithApps = userObject.extend({ apps: z.array(z.number().int().positive()) });
export type UserWithApps = z.infer<typeof userWithApps>;

export const appObject = z.object({
  uid: z.uuid(),
  number: z.number().int().positive(),
  name: z.string(),
  url: z.string(),
  isActive: z.boolean(),
  apiKeyPrefix: z.string(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type AppObject = z.infer<typeof appObject>;

/** Proof of a sign-in for token-issuer: where its event stands, and the ticket whose hash the event holds. */
export const signInEvidence = z.object({
  stream: z.string().max(128),
  revision: z.number().int().nonnegative(),
  ticket: z.string().max(128),
});
export type SignInEvidence = z.infer<typeof signInEvidence>;

/** An integer id of the ASF contract; one that cannot exist is unknown, not malformed. */
export const objectNumber = z.number().int();
export const pageRequest = z.object({ skip: z.number().int().nonnegative(), limit: z.number().int().min(1).max(1000) });
