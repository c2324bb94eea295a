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
import { commandMetadata } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { signingKeyObjects } from './signing-key-objects.ts';
import type { SigningKeys } from './signing-keys.ts';

type Value = ValueOf<typeof listSigningKeys>;

const scope = 'manage:evident/ops';

/** The keys as an operator sees them, and the order to bring in the next ones. */
export function createKeyOperations(deps: TokenIssuerDependencies, callers: CallerCheck, signingKeys: SigningKeys) {
  const permitted = async (context: RequestContext) => {
    const checked = await callers.check(context.credential);
    if (!checked.ok) return checked;
    const error = permit(checked.caller, scope);
    return error === undefined ? checked : { ok: false as const, error };
  };

  return {
    async list(_request: object, context: RequestContext): Promise<Reply<Value>> {
      const checked = await permitted(context);
      return checked.ok ? succeed({ keys: signingKeyObjects(await signingKeys.state()) }) : checked;
    },

    async rotate(request: RequestOf<typeof rotateSigningKeys>, context: RequestContext): Promise<Reply<Value>> {
      const checked = await permitted(context);
      if (!checked.ok) return checked;
      const metadata = commandMetadata(deps, checked.caller, context);
      let position: string | undefined;
      for (const use of new Set(request.uses ?? (['access', 'refresh'] as const))) {
        const outcome = await signingKeys.publishNext(use, metadata, context.deadline);
        if (outcome.outcome !== 'accepted') return fail('write.contended');
        position = outcome.position;
      }
      return succeed({ keys: signingKeyObjects(await signingKeys.state()) }, position);
    },
  };
}
