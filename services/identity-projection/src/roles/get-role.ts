import { permit } from '@evident/caller';
import { fail, type getRole } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { readFor } from '../reading/read-for.ts';
import type { Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { listedRoles, roleObjectOf } from './listed-roles.ts';

const scope = 'read:sso/role';

/** Who lacks the scope for a role is told so, whether there is one or not. */
export function createGetRole(reading: Reading): MessageHandler<typeof getRole> {
  return ({ uid }, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const row = await reading.store.get(listedRoles.view, uid);
        const refusal = permit(caller, scope, row && listedRoles.attributesOf(uid, row));
        if (refusal !== undefined) return { error: refusal };
        if (reading.directory.isParked('roles', streams.role(reading.tenant, uid))) return fail('read.parked');
        return row === undefined ? fail('role.unknown') : { found: roleObjectOf(uid, row) };
      },
    );
}
