import type { findSignIn } from '@evident/contracts';
import type { IdentifierKind } from '@evident/domain';
import type { ReadModelStore } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { appsView } from '../projections/apps.projection.ts';
import { identifierKey, identifiersView } from '../projections/identifiers.projection.ts';
import { usersView } from '../projections/users.projection.ts';
import { type Reading, read } from '../reading/reading.ts';

type Identifier = { readonly kind: IdentifierKind; readonly lookup: string };

/**
 * What auth-command hashes against: three rows by key, from memory where they are hot. A row that is parked or behind
 * is given all the same, for it decides nothing: the decision is made on the ends of the streams.
 */
export function createFindSignIn(reading: Reading): MessageHandler<typeof findSignIn> {
  const { store } = reading;
  return ({ identifier, appId }, context) =>
    read(reading, context, async () => {
      const user = await holderOf(store, identifier);
      const app = appId === undefined ? undefined : await store.get(appsView, appId);
      return {
        found: {
          app: appId === undefined || app === undefined ? null : { uid: appId, revision: app.revision },
          user: user ?? null,
        },
      };
    });
}

async function holderOf(store: ReadModelStore, { kind, lookup }: Identifier) {
  const pointer = await store.get(identifiersView, identifierKey(kind, lookup));
  // Where nobody has the name another row is looked for all the same, so that the time does not tell.
  const user = await store.get(usersView, pointer?.userUid ?? lookup);
  if (
    pointer === undefined ||
    user === undefined ||
    !user.identifiers.some((identifier) => identifier.kind === kind && identifier.lookup === lookup)
  )
    return undefined;
  return { uid: pointer.userUid, revision: user.revision, passwordHash: user.passwordHash };
}
