import { accept, type Decision, reject } from '../decider.ts';
import type {
  AddIdentifier,
  ChangeIdentifier,
  ClaimedIdentifier,
  RemoveIdentifier,
  YieldIdentifier,
} from './commands.ts';
import type { UserEvent } from './events.ts';
import { primaryIdentifier } from './held-identifiers.ts';
import { foldIdentifier } from './identifier.ts';
import type { UserIdentifier, UserState } from './state.ts';

/** `claim-complete`: the identifier is the user's for good, so it does not give way. */
export type IdentifierRejection =
  | 'user.claim-lost'
  | 'user.claim-complete'
  | 'user.identifier-unknown'
  | 'user.last-identifier'
  | 'user.username-needs-change';
type IdentifierDecision = Decision<UserEvent, IdentifierRejection>;

/** Whoever abandoned the claim may have given the name to another: completing it now would make a second owner. */
export function isLost(identifiers: readonly ClaimedIdentifier[], state: UserState): boolean {
  return identifiers.some(({ claimId }) => {
    const claim = state.claims.get(claimId);
    return claim === 'abandoned' || claim === 'ended';
  });
}

/**
 * Each takes the place of the primary one of its kind: where a command gives several, the last counts, and the claims
 * of the others stay open.
 */
export function replaceIdentifiers(identifiers: readonly ClaimedIdentifier[], state: UserState): UserEvent[] {
  const wanted = new Map(identifiers.map((identifier) => [identifier.kind, identifier]));
  return [...wanted.values()].flatMap((identifier) => {
    const previous = primaryIdentifier(state.identifiers, identifier.kind);
    const placed = placeIdentifier(identifier, true, state);
    if (previous === undefined || previous.claimId === identifier.claimId) return placed;
    return [...placed, removed(previous)];
  });
}

export function addOneIdentifier({ identifier, primary }: AddIdentifier, state: UserState): IdentifierDecision {
  if (isLost([identifier], state)) return reject('user.claim-lost');
  if (leavesStrayName(state.identifiers, [...state.identifiers, identifier])) {
    return reject('user.username-needs-change');
  }
  const isFirst = primaryIdentifier(state.identifiers, identifier.kind) === undefined;
  return accept(...placeIdentifier(identifier, primary || isFirst, state));
}

/** Under the claim that stands it is never taken back that it was verified, nor that it is primary. */
function placeIdentifier(identifier: ClaimedIdentifier, primary: boolean, { identifiers }: UserState): UserEvent[] {
  const { kind, claimId, value } = identifier;
  const present = identifiers.find((each) => each.claimId === claimId);
  if (present === undefined) return [{ type: 'user.identifier-added', data: { ...identifier, primary } }];
  const verified = present.verified || identifier.verified;
  if (present.value !== value) {
    const data = { ...present, value, verified, primary: present.primary || primary };
    return [{ type: 'user.identifier-added', data }];
  }
  const events: UserEvent[] = [];
  if (verified !== present.verified) events.push({ type: 'user.identifier-verified', data: { kind, claimId } });
  if (primary && !present.primary) events.push({ type: 'user.identifier-promoted', data: { kind, claimId } });
  return events;
}

export function changeOneIdentifier(command: ChangeIdentifier, state: UserState): IdentifierDecision {
  const present = state.identifiers.find(({ claimId }) => claimId === command.claimId);
  if (present === undefined) return reject('user.identifier-unknown');
  const identifier = { ...present, verified: command.verified ?? false };
  return accept(...placeIdentifier(identifier, command.primary ?? false, state));
}

/** The oldest that is left of its kind takes its place. A user keeps one identifier at least. */
export function removeOneIdentifier({ claimId }: RemoveIdentifier, state: UserState): IdentifierDecision {
  const present = state.identifiers.find((identifier) => identifier.claimId === claimId);
  if (present === undefined) {
    return state.claims.get(claimId) === 'ended' ? accept() : reject('user.identifier-unknown');
  }
  if (state.identifiers.length === 1) return reject('user.last-identifier');
  if (namesLike(present, state).length > 0) return reject('user.username-needs-change');
  return accept(...removeAll([present], state));
}

export function yieldIdentifier({ claimId }: YieldIdentifier, state: UserState): IdentifierDecision {
  const present = state.identifiers.find((identifier) => identifier.claimId === claimId);
  if (present === undefined) return accept();
  if (present.verified) return reject('user.claim-complete');
  return accept(...removeAll([present, ...namesLike(present, state)], state));
}

/**
 * Whether a user name with an @ would be none of the user's own addresses (api/asf.md, "names"): whoever took that
 * address next would be taken for this user by their name. Asked here, since name and address may be changed at the same
 * moment by two commands of which each keeps the rule. A name that was so before is in nobody's way.
 */
export function leavesStrayName(before: readonly NamedIdentifier[], after: readonly NamedIdentifier[]): boolean {
  const known = strayNames(before);
  return [...strayNames(after)].some((claimId) => !known.has(claimId));
}

type NamedIdentifier = Pick<UserIdentifier, 'kind' | 'value' | 'claimId'>;

function strayNames(identifiers: readonly NamedIdentifier[]): ReadonlySet<string> {
  const named = identifiers.map(({ kind, value, claimId }) => ({ kind, claimId, folded: foldIdentifier(value) }));
  const addresses = new Set(named.filter(({ kind }) => kind === 'email').map(({ folded }) => folded));
  const strays = named.filter(
    ({ kind, folded }) => kind === 'username' && folded.includes('@') && !addresses.has(folded),
  );
  return new Set(strays.map(({ claimId }) => claimId));
}

/** User names that are this very address: they may only be the user's own (api/asf.md, "names"). */
function namesLike({ kind, value }: UserIdentifier, { identifiers }: UserState): readonly UserIdentifier[] {
  if (kind !== 'email') return [];
  const folded = foldIdentifier(value);
  return identifiers.filter((each) => each.kind === 'username' && foldIdentifier(each.value) === folded);
}

function removeAll(going: readonly UserIdentifier[], { identifiers }: UserState): UserEvent[] {
  return going.flatMap((identifier) => {
    const { kind, primary } = identifier;
    const heir = identifiers.find((each) => each.kind === kind && !going.includes(each));
    if (!primary || heir === undefined) return [removed(identifier)];
    return [removed(identifier), { type: 'user.identifier-promoted', data: { kind, claimId: heir.claimId } }];
  });
}

function removed({ kind, claimId }: Pick<UserIdentifier, 'kind' | 'claimId'>): UserEvent {
  return { type: 'user.identifier-removed', data: { kind, claimId } };
}
