import { type ReplayPolicy, replayPolicy } from '@evident/contracts';
import { type AttemptPolicy, attemptPolicy, memoryOfAttempts } from '@evident/domain';

/** A policy that sign-ins can be run against, or everything that is wrong with it, each in a sentence that says where. */
export type PolicyReading =
  | { readonly ok: true; readonly policy: ReplayPolicy }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a policy file. Members that nobody knows are problems: a misspelt threshold would change nothing, silently. */
export function readPolicy(text: string): PolicyReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`It is no JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = replayPolicy.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
    );
    return { ok: false, problems };
  }
  const { add = [], remove = [] } = parsed.data.assignments ?? {};
  const removed = new Set(remove.map(({ user, app }) => `${user} ${app}`));
  const both = add.find(({ user, app }) => removed.has(`${user} ${app}`));
  if (both !== undefined) {
    return { ok: false, problems: [`assignments: ${both.user} at ${both.app} is both added and removed.`] };
  }
  const limits = limitsOf(parsed.data);
  if (limits !== undefined && limits.longestWaitMs < limits.firstWaitMs) {
    return { ok: false, problems: ['limits: longestWaitSeconds is shorter than firstWaitSeconds.'] };
  }
  return { ok: true, policy: parsed.data };
}

/** The limits of a policy, those that it leaves out as they are in force; undefined where it changes none. */
export function limitsOf({ limits }: ReplayPolicy): AttemptPolicy | undefined {
  if (limits === undefined) return undefined;
  const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);
  return {
    windowMs: ms(limits.windowSeconds) ?? attemptPolicy.windowMs,
    perCaller: limits.perCaller ?? attemptPolicy.perCaller,
    perAccount: limits.perAccount ?? attemptPolicy.perAccount,
    badKeysPerAddress: limits.badKeysPerAddress ?? attemptPolicy.badKeysPerAddress,
    firstWaitMs: ms(limits.firstWaitSeconds) ?? attemptPolicy.firstWaitMs,
    longestWaitMs: ms(limits.longestWaitSeconds) ?? attemptPolicy.longestWaitMs,
    exemptMs: ms(limits.exemptSeconds) ?? attemptPolicy.exemptMs,
  };
}

/** Milliseconds before a period whose attempts can still matter in it. */
export function memoryOf(policy: ReplayPolicy): number {
  const limits = limitsOf(policy);
  return limits === undefined ? 0 : memoryOfAttempts(limits);
}
