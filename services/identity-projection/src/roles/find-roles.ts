import type { findRoles } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { rolesView } from '../projections/roles.projection.ts';
import { type Reading, read } from '../reading/reading.ts';

/** More of one name than this nobody can mean one of. */
const mostOfAName = 16;

/** For auth-command, which judges each on the leader; a row that is parked or behind is told all the same. */
export function createFindRoles(reading: Reading): MessageHandler<typeof findRoles> {
  const { store } = reading;
  return ({ names }, context) =>
    read(reading, context, async () => {
      const found = await Promise.all(
        [...new Set(names)].map((name) =>
          store.find(rolesView, { index: ['name'], where: { name }, limit: mostOfAName }),
        ),
      );
      return { found: { uids: found.flat().map(({ key }) => key) } };
    });
}
