import {
  type Attributes,
  evaluate,
  type Filters,
  isReached,
  type ListReach,
  type Needed,
  reachOfList,
} from '@evident/authorization';
import { fail, type ReplyError } from '@evident/contracts';
import type { Caller } from './caller.ts';

/** What authorization asks of a caller. */
export type Holder = Pick<Caller, 'tenant' | 'scopes' | 'bounds'>;

/**
 * Undefined where the caller holds the scope (`create:sso/user`), else the refusal that names what was missing: the same
 * for real and unknown objects. `attributes` are those of the object in question, or of the one that is to be made; for
 * an object that there is not they are left away. The tenant is always the caller's own.
 */
export function permit(caller: Holder, scope: string, attributes?: Attributes): ReplyError | undefined {
  return missingIn(caller, caller.scopes, scope, attributes) ?? boundsMiss(caller, scope, attributes);
}

function boundsMiss(caller: Holder, scope: string, attributes?: Attributes): ReplyError | undefined {
  return caller.bounds === undefined ? undefined : missingIn(caller, caller.bounds, scope, attributes);
}

/** Which objects a list may show. */
export type Reach =
  | {
      readonly ok: true;
      /** No object is kept from the caller. */
      readonly all: boolean;
      readonly shows: (attributes: Attributes) => boolean;
      /** Where it is not all: whatever is shown matches one of these sets of filters, by which it can be found. */
      readonly filters: readonly Filters[];
    }
  /** None at all: the refusal. */
  | { readonly ok: false; readonly error: ReplyError };

/** What a list may show this caller: what `permit` would allow one by one. */
export function reachOf(caller: Holder, scope: string): Reach {
  const lists: Extract<ListReach, { reach: 'some' }>[] = [];
  for (const held of caller.bounds === undefined ? [caller.scopes] : [caller.scopes, caller.bounds]) {
    const list = inTenant(reachOfList({ held, needed: neededOf(scope) }), caller.tenant);
    if (list.reach === 'none') return { ok: false, error: refusal(scope) };
    if (list.reach === 'some') lists.push(list);
  }
  const shows = (attributes: Attributes) => {
    const own = { ...attributes, tenant_id: caller.tenant };
    return lists.every((list) => isReached(list, own));
  };
  return { ok: true, all: lists.length === 0, shows, filters: lists[0]?.filters ?? [] };
}

/** Every object of a list is of the caller's tenant: a filter that says so is none, and one of another matches nothing. */
function inTenant(list: ListReach, tenant: string): ListReach {
  if (list.reach !== 'some') return list;
  const filters = list.filters.filter((set) => {
    const pattern = set.get('tenant_id');
    if (pattern === undefined) return true;
    return isReached({ reach: 'some', filters: [new Map([['tenant_id', pattern]])] }, { tenant_id: tenant });
  });
  if (filters.length === 0) return { reach: 'none', missing: '' };
  const isAll = filters.some((set) => set.size === 1 && set.has('tenant_id'));
  return isAll ? { reach: 'all' } : { reach: 'some', filters };
}

function missingIn(
  { tenant }: Holder,
  held: readonly string[],
  scope: string,
  attributes?: Attributes,
): ReplyError | undefined {
  const evaluation = evaluate({
    held,
    needed: { ...neededOf(scope), attributes: { ...attributes, tenant_id: tenant } },
  });
  return evaluation.allowed ? undefined : refusal(evaluation.missing);
}

/** The verb ends at the first colon; later ones belong to the resource, as in a scope that is held. */
function neededOf(scope: string): Omit<Needed, 'attributes'> {
  const colon = scope.indexOf(':');
  return { action: scope.slice(0, colon), resource: scope.slice(colon + 1) };
}

function refusal(scope: string): ReplyError {
  return fail('caller.not-permitted', { details: { missing: scope } }).error;
}
