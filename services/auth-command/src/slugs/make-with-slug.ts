import { type ErrorCodeName, fail, type ReplyError } from '@evident/contracts';
import { type ClaimState, countAbandoned, type Decider, type DomainEvent } from '@evident/domain';
import { runCommand, type StreamState } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { type ClaimedSlug, claimSlug, type WantedSlug } from './claim-slug.ts';

/** A sweeper or a rival may give up the claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** A role or a workspace that is to be made under a slug of its own. */
export interface MakingWithSlug<Making, State, Event extends DomainEvent, Code extends string> {
  readonly wanted: Omit<WantedSlug, 'abandoned'>;
  readonly decider: Decider<Making, State, Event, Code>;
  readonly states: { load(stream: string): Promise<StreamState<State>> };
  readonly stream: string;
  readonly step: string;
  /** What is decided on the stream once the slug is claimed. */
  decision(claim: ClaimedSlug): Making;
  /** The refusal of a claim that was given up meanwhile. */
  readonly claimLost: Code & ErrorCodeName;
}

/**
 * Claims the slug, then completes the claim on the stream of whoever is to have it, which decides. Undefined where it was
 * made; otherwise the claim is given back.
 */
export async function makeWithSlug<
  Making,
  State extends { readonly claims: ReadonlyMap<string, ClaimState> },
  Event extends DomainEvent,
  Code extends string,
>(
  env: Pick<CommandEnvironment, 'log' | 'claims' | 'now'>,
  { wanted, decider, states, stream, step, decision, claimLost }: MakingWithSlug<Making, State, Event, Code>,
  command: Command,
): Promise<ReplyError | undefined> {
  const { log, claims, now } = env;
  const { metadata, deadline } = command;
  for (let round = 1; round <= rounds; round++) {
    const abandoned = countAbandoned((await states.load(stream)).state.claims);
    const claimed = await claimSlug(env, { ...wanted, abandoned }, command);
    if (!claimed.ok) return claimed.error;
    const { ok: _, ...claim } = claimed;
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider, now },
      { stream, step, command: decision(claim), metadata, deadline },
    );
    if (outcome.outcome === 'accepted') return undefined;
    if (outcome.outcome === 'rejected' && outcome.code !== claimLost) return fail('request.idempotency-mismatch').error;
    await claims.abandon({ ...claim, kind: wanted.kind, holder: wanted.holder }, command);
    if (outcome.outcome === 'contended') return fail('write.contended').error;
  }
  return fail(claimLost).error;
}
