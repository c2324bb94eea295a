import type { PersonObject, RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { tokenOnLog } from './caller-on-log.ts';
import { type Fixture, goodPassword, openFixture, valueIn } from './fixture.ts';

let serial = 0;
export const uniqueName = () => `someone${++serial}`;
export const uniqueAddress = () => `${uniqueName()}@example.com`;

/** A service at which people may sign up, and whose first one becomes the owner. */
export const openRegistration = (env: Readonly<Record<string, string>> = {}) =>
  openFixture({ env: { SELF_REGISTRATION: 'on', BOOTSTRAP_FIRST_USER: 'owner', ...env } });

type Registration = Parameters<Fixture['service']['registerPerson']>[0];

export function signUp(
  { service }: Pick<Fixture, 'service'>,
  request: Partial<Registration> = {},
  context: Partial<RequestContext> = {},
) {
  const wanted = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine: false, ...request };
  return service.registerPerson(wanted, requestContext(context));
}

/** Somebody made by an administrator, with a password. */
export async function personOn(
  { service, asAdmin }: Fixture,
  request: Partial<Parameters<Fixture['service']['createPerson']>[0]> = {},
): Promise<PersonObject> {
  const wanted = { identifier: uniqueAddress(), password: goodPassword, ...request };
  return valueIn(await service.createPerson(wanted, asAdmin()));
}

/** A request of that person with a session of theirs, whatever their generation is now. */
export async function asPerson({ temporary, clock }: Fixture, uid: string): Promise<RequestContext> {
  const { generation } = (await temporary.log.states.user.load(streams.user('main', uid))).state;
  return requestContext({ credential: await tokenOnLog(temporary, uid, generation, clock()) });
}

/** The same caller, another request. */
export const again = ({ credential }: RequestContext) => requestContext(credential === undefined ? {} : { credential });

export async function stateOf({ temporary }: Fixture, uid: string) {
  return (await temporary.log.states.user.load(streams.user('main', uid))).state;
}
