import {
  fail,
  findRoles,
  findSignIn,
  listOpenClaims,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { type IdentifierKind, identifierKinds, parseStreamName, slugKinds, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { RequestClient } from '@evident/transport';

type SignInRow = ValueOf<typeof findSignIn>['user'];

/** A double of identity-projection that answers from the log itself; the real one is tried elsewhere. */
export interface RowsDouble extends RequestClient {
  /** `stopped`: answers what it answered before, as a projector that was stopped does. `away`: nobody answers. */
  mode: 'live' | 'stopped' | 'away';
  readonly asked: RequestContext[];
}

export function createRowsDouble(log: Log): RowsDouble {
  const rows = new Map<string, SignInRow>();

  async function signInRow(kind: IdentifierKind, lookup: string): Promise<SignInRow> {
    const known = rows.get(lookup);
    if (double.mode === 'stopped') return known ?? null;
    const { state } = await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup));
    const holder = state.current?.holder;
    const user = holder === undefined ? undefined : await log.states.user.load(streams.user(log.tenant, holder));
    const row =
      holder === undefined || user === undefined || !user.state.registered
        ? null
        : { uid: holder, revision: user.revision, passwordHash: user.state.passwordHash };
    rows.set(lookup, row);
    return row;
  }

  async function openClaims(): Promise<ValueOf<typeof listOpenClaims>> {
    const claims: ValueOf<typeof listOpenClaims>['claims'] = [];
    const all = await log.store.readAll(undefined, 100_000);
    if (!Array.isArray(all)) return { claims, next: null };
    for (const name of new Set(all.map(({ stream }) => stream))) {
      const stream = parseStreamName(name);
      if (stream?.category !== 'reservation') continue;
      const { current } = (await log.states.reservation.load(name)).state;
      if (current === undefined) continue;
      const kind = [...identifierKinds, ...slugKinds].find((kind) => stream.id.startsWith(`${kind}-`)) ?? 'username';
      if ((await claimsOf(kind, current.holder)).has(current.claimId)) continue;
      const { claimId, holder: uid } = current;
      claims.push({ kind, lookup: stream.id.slice(kind.length + 1), claimId, holder: uid });
    }
    return { claims, next: null };
  }

  async function claimsOf(kind: string, holder: string) {
    const { states, tenant } = log;
    if (kind === 'role-slug') return (await states.role.load(streams.role(tenant, holder))).state.claims;
    if (kind === 'workspace-slug') return (await states.workspace.load(streams.workspace(tenant, holder))).state.claims;
    return (await states.user.load(streams.user(tenant, holder))).state.claims;
  }

  async function rolesNamed(names: readonly string[]): Promise<ValueOf<typeof findRoles>> {
    const all = await log.store.readAll(undefined, 100_000);
    const roles = Array.isArray(all)
      ? new Set(all.map(({ stream }) => stream).filter((name) => name.startsWith('role-')))
      : [];
    const uids: string[] = [];
    for (const stream of roles) {
      const { state } = await log.states.role.load(stream);
      if (state.defined && names.includes(state.name)) uids.push(parseStreamName(stream)?.id ?? '');
    }
    return { uids };
  }

  const double: RowsDouble = {
    mode: 'live',
    asked: [],
    async request<Contract extends MessageContract>(
      contract: Contract,
      payload: RequestOf<Contract>,
      context: RequestContext,
    ): Promise<Reply<ValueOf<Contract>>> {
      double.asked.push(context);
      if (double.mode === 'away') return fail('service.unavailable');
      if (contract.name === listOpenClaims.name) return succeed((await openClaims()) as ValueOf<Contract>);
      if (contract.name === findRoles.name) {
        return succeed((await rolesNamed(findRoles.request.parse(payload).names)) as ValueOf<Contract>);
      }
      const { identifier } = findSignIn.request.parse(payload);
      const user = await signInRow(identifier.kind, identifier.lookup);
      return succeed({ app: null, user } as ValueOf<Contract>);
    },
  };
  return double;
}
