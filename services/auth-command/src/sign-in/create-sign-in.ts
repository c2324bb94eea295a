import type { ReplyError } from '@evident/contracts';
import { createProvenPasswordMemo, type PasswordHasher } from '@evident/crypto';
import type { Accounts } from '../accounts.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import { SignInJournal } from '../attempts/sign-in-journal.ts';
import type { AuthCommandDependencies } from '../dependencies.ts';
import { createInMemoryTallies } from '../limits/in-memory-tallies.ts';
import { SignInLimits } from '../limits/sign-in-limits.ts';
import type { NewPasswords } from '../passwords/new-passwords.ts';
import type { PasswordSeal } from '../passwords/password-seal.ts';
import type { ServiceKeys } from '../service-keys.ts';
import { admitRegistered, type Registered } from './admit-registered.ts';
import { createFindCandidate } from './find-candidate.ts';
import { type JudgedOutcome, JudgedRecords } from './judged-records.ts';
import { Meeting } from './meeting.ts';
import { PasswordProofs } from './password-proofs.ts';
import { proveOneself } from './prove-oneself.ts';
import { RehashPassword } from './rehash-password.ts';
import { SignIn } from './sign-in.ts';

/** Accounts, callers and addresses of which attempts are remembered; some 300 bytes each. */
const tallyCapacity = 50_000;
/** Proofs of repeated passwords: some 200 bytes each, for ten minutes from the hash. */
const memoOptions = { capacity: 10_000, ttlMs: 10 * 60_000 };

export interface SignInWiring {
  readonly accounts: Accounts;
  readonly hasher: PasswordHasher;
  readonly seal: PasswordSeal;
  readonly newPasswords: NewPasswords;
  readonly keys: ServiceKeys;
}

export interface SignInUseCases {
  readonly signIn: SignIn;
  readonly admit: (attempt: SignInAttempt, registered: Registered) => Promise<JudgedOutcome>;
  readonly proveOneself: (attempt: SignInAttempt, userId: string) => Promise<ReplyError | undefined>;
  end(): Promise<void>;
}

/** Sign-in with what it stands on, its limits refilled from the log; `end` finishes what nobody waits for. */
export async function createSignIn(
  { config, log, client, logger, now, metrics }: AuthCommandDependencies,
  { accounts, hasher, seal, newPasswords, keys }: SignInWiring,
): Promise<SignInUseCases> {
  const journal = new SignInJournal({ log, keys, now });
  const tallies = createInMemoryTallies(tallyCapacity);
  const limits = config.rateLimit ? new SignInLimits({ log, journal, tallies, logger, now }) : undefined;
  await limits?.recall();
  const rehash = new RehashPassword({ log, newPasswords, logger, now });
  const memo = config.verifyMemo ? createProvenPasswordMemo({ ...memoOptions, now }) : undefined;
  const proofs = new PasswordProofs(hasher, seal, memo);
  const records = new JudgedRecords({
    journal,
    keys,
    judged: (outcome, reason) => metrics?.signIns.inc({ outcome, reason }),
  });
  const signIn = new SignIn({
    log,
    accounts,
    proofs,
    meeting: new Meeting({ log, accounts, isBusy: () => proofs.areWaiting }),
    find: createFindCandidate(client, now),
    limits,
    records,
    rehash: (user, password) => rehash.later(user, password),
    now,
  });
  return {
    signIn,
    admit: (attempt, registered) => admitRegistered({ log, accounts, records, now }, attempt, registered),
    proveOneself: (attempt, userId) => proveOneself({ log, accounts, proofs, limits, records, now }, attempt, userId),
    async end() {
      await limits?.end();
      await rehash.finish();
    },
  };
}
