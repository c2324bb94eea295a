import { z } from 'zod';

/**
 * What an auditor may change about how sign-ins are let in, to run recorded ones against it (docs/audit.md). What is left
 * out stays as it was recorded: without `limits` nobody is locked out who was not, and everybody is who was.
 */
const seconds = (most: number) => z.number().min(1).max(most);
const failures = (most: number) => z.number().int().min(1).max(most);
const day = 86_400;

const limits = z
  .strictObject({
    /** Failures older than this are forgotten. */
    windowSeconds: seconds(7 * day),
    /** Failures answered for one account from one caller, and from all callers together. */
    perCaller: failures(1_000),
    perAccount: failures(10_000),
    /** Bad API keys answered for one address. */
    badKeysPerAddress: failures(10_000),
    /** The first wait; each later one is twice as long, up to the longest. */
    firstWaitSeconds: seconds(7 * day),
    longestWaitSeconds: seconds(7 * day),
    /** How long a right password exempts its caller from the limit of all callers. */
    exemptSeconds: z
      .number()
      .min(0)
      .max(31 * day),
  })
  .partial();

/** `10.0.0.0/8`, `2001:db8::/32` */
const network = z.union([z.cidrv4(), z.cidrv6()], { error: 'Write a network like 10.0.0.0/8 or 2001:db8::/32.' });
const networks = z.array(network).min(1, { error: 'Name one network at least.' });

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const subjectOf = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}:${uuid}$`), { error: `Write ${kind}:<uuid>, as evident audit prints it.` });
const assignment = z.strictObject({ user: subjectOf('user'), app: subjectOf('app') });
const assignments = z.array(assignment).max(10_000);

export const replayPolicy = z.strictObject({
  limits: limits.optional(),
  networks: z
    .strictObject({
      /** From where anybody may try; an app with networks of its own has those alone. */
      allow: networks.optional(),
      apps: z.record(subjectOf('app'), networks).optional(),
    })
    .optional(),
  /** Assignments as they would have been all the time. */
  assignments: z.strictObject({ add: assignments.optional(), remove: assignments.optional() }).optional(),
});

/** A policy as it stands in a file. */
export type ReplayPolicy = z.output<typeof replayPolicy>;
