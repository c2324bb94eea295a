import {
  type ClaimState,
  type Decider,
  type DomainEvent,
  type IdentifierKind,
  roleDecider,
  type SlugKind,
  streams,
  userDecider,
  workspaceDecider,
} from '@evident/domain';
import { runCommand } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Accounts } from '../accounts.ts';
import type { WriteContext } from '../command.ts';

/** What a claim is on: an identifier of a user, or the slug of a role or a workspace. */
export type ClaimKind = IdentifierKind | SlugKind;

export interface HeldClaim {
  readonly kind: ClaimKind;
  /** Uuid of the user, role or workspace. */
  readonly holder: string;
  readonly claimId: string;
}

/** Asks and changes the holder's own stream, which alone says what became of a claim. */
export interface ClaimHolders {
  /** Undefined where the holder has neither completed nor lost it. From the leader. */
  standing(claim: HeldClaim): Promise<ClaimState | undefined>;
  abandon(claim: HeldClaim, command: WriteContext): Promise<'abandoned' | 'complete' | 'contended'>;
}

export interface ClaimHoldersOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'states'>;
  readonly accounts: Accounts;
  readonly now: Clock;
}

type Abandon<Kind> = { readonly type: 'abandon-claim'; readonly kind: Kind; readonly claimId: string };

export function createClaimHolders({ log, accounts, now }: ClaimHoldersOptions): ClaimHolders {
  const { tenant, states, store, codec } = log;

  async function abandonOn<State, Event extends DomainEvent, Kind>(
    decider: Decider<Abandon<Kind>, State, Event>,
    stream: string,
    command: Abandon<Kind>,
    { metadata, deadline }: WriteContext,
  ): Promise<'abandoned' | 'complete' | 'contended'> {
    const outcome = await runCommand(
      { store, codec, decider, now },
      { stream, step: `abandon-${command.claimId}`, command, metadata, deadline },
    );
    if (outcome.outcome === 'contended') return 'contended';
    return outcome.outcome === 'accepted' ? 'abandoned' : 'complete';
  }

  return {
    async standing({ kind, holder, claimId }) {
      switch (kind) {
        case 'role-slug':
          return (await states.role.load(streams.role(tenant, holder))).state.claims.get(claimId);
        case 'workspace-slug':
          return (await states.workspace.load(streams.workspace(tenant, holder))).state.claims.get(claimId);
        default:
          return (await accounts.load(streams.user(tenant, holder))).state.user.claims.get(claimId);
      }
    },
    abandon({ kind, holder, claimId }, by) {
      switch (kind) {
        case 'role-slug':
          return abandonOn(roleDecider, streams.role(tenant, holder), { type: 'abandon-claim', kind, claimId }, by);
        case 'workspace-slug': {
          const stream = streams.workspace(tenant, holder);
          return abandonOn(workspaceDecider, stream, { type: 'abandon-claim', kind, claimId }, by);
        }
        default:
          return abandonOn(userDecider, streams.user(tenant, holder), { type: 'abandon-claim', kind, claimId }, by);
      }
    },
  };
}
