import type { KeyObject } from 'node:crypto';
import { type CallerCheck, permit } from '@evident/caller';
import {
  fail,
  type listSigningKeys,
  type Reply,
  type RequestContext,
  type RequestOf,
  type rotateSigningKeys,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import type { SigningUse } from '@evident/domain';
import type { CommandMetadata } from '@evident/event-store';
import { randomUuid } from '@evident/runtime';
import { repeatableMetadata } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { signingKeyObjects } from './signing-key-objects.ts';
import type { SigningKeys } from './signing-keys.ts';

type Value = ValueOf<typeof listSigningKeys>;

/** For whoever holds the machine: no credential is asked. */
export interface KeysAtHand {
  /** Of both uses unless said. */
  rotate(uses?: readonly SigningUse[]): Promise<Reply<Value>>;
}

const scope = 'manage:evident/ops';
const everyUse: readonly SigningUse[] = ['access', 'refresh'];
const operatorPatienceMs = 30_000;

/**
 * The keys as an operator sees them, and the order to bring in the next ones. `commandKey` makes command ids of
 * idempotency keys, and fingerprints of requests.
 */
export function createKeyOperations(
  deps: TokenIssuerDependencies,
  callers: CallerCheck,
  signingKeys: SigningKeys,
  commandKey: KeyObject,
) {
  const permitted = async (context: RequestContext) => {
    const checked = await callers.check(context.credential);
    if (!checked.ok) return checked;
    const error = permit(checked.caller, scope);
    return error === undefined ? checked : { ok: false as const, error };
  };

  const list = async () => signingKeyObjects(await signingKeys.state());

  const rotate = async (
    uses: readonly SigningUse[],
    metadata: CommandMetadata,
    deadline: number,
  ): Promise<Reply<Value>> => {
    const outcome = await signingKeys.publishNext(uses, metadata, deadline);
    if (outcome.outcome === 'mismatch') return fail('request.idempotency-mismatch');
    if (outcome.outcome !== 'accepted') return fail('write.contended');
    return succeed({ keys: signingKeyObjects(outcome.state) }, outcome.position);
  };

  const atHand: KeysAtHand = {
    rotate(uses = everyUse) {
      const [tenant, commandId, occurredAt] = [deps.log.tenant, randomUuid(), deps.now()];
      const metadata = { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt };
      return rotate(uses, metadata, occurredAt + operatorPatienceMs);
    },
  };

  return {
    atHand,

    async list(_request: object, context: RequestContext): Promise<Reply<Value>> {
      const checked = await permitted(context);
      return checked.ok ? succeed({ keys: await list() }) : checked;
    },

    async rotate({ uses }: RequestOf<typeof rotateSigningKeys>, context: RequestContext): Promise<Reply<Value>> {
      const checked = await permitted(context);
      if (!checked.ok) return checked;
      const order = { key: commandKey, name: 'rotate-signing-keys', payload: uses === undefined ? {} : { uses } };
      const metadata = repeatableMetadata(deps, checked.caller, context, order);
      return rotate(uses ?? everyUse, metadata, context.deadline);
    },
  };
}
