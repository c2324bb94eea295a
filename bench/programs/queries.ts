import { requestContext } from '@evident/testing';
import { openBareLookups } from '../limits/bare-lookups.ts';
import { closedLoop } from '../load/closed-loop.ts';
import type { Program, Resource } from '../program.ts';
import { type QueriedPeople, queriedPeople } from '../stores/queried-people.ts';

const page = { skip: 0, limit: 100 };

const bareLookups: Resource<ReturnType<typeof openBareLookups>> = async ({ option }) => {
  const value = openBareLookups(option('users', 10_000));
  return { value, close: value.close };
};

export const queries: Program = {
  name: 'queries',
  measures: 'find-sign-in of any user in process, one after the other; further queries by their processor time',
  unit: 'per second',
  limit: 'two look-ups by key of the bare driver, parsed',
  budget: [],
  isHere: true,
  seconds: 1,
  async run({ seconds, use }) {
    const { lookUp } = await use(bareLookups);
    const people = await use(queriedPeople);
    const limit = await closedLoop(seconds, 1, lookUp);
    const asked = questions(people);
    const figure = await closedLoop(seconds, 1, asked['find-sign-in']);
    const also: Record<string, number> = { 'caught up, events a second': people.caughtUpPerSecond };
    for (const [name, question] of Object.entries(asked)) {
      also[`${name}, µs`] = (await closedLoop(seconds / 4, 1, question)).processorUs;
    }
    return { figure: figure.perSecond, limit: limit.perSecond, also };
  },
};

function questions({ queries, people, app, credential }: QueriedPeople) {
  const context = requestContext({ deadline: Date.now() + 600_000 });
  const asAdministrator = { ...context, credential };
  const person = (turn: number) => {
    const found = people[(turn * 7_919) % people.length];
    if (found === undefined) throw new RangeError('nobody');
    return found;
  };
  return {
    'find-sign-in': (turn: number) =>
      queries.findSignIn(
        { identifier: { kind: 'username', lookup: person(turn).usernameLookup }, appId: app.uid },
        context,
      ),
    'get-user': (turn: number) => queries.getUser({ id: person(turn).number }, asAdministrator),
    'get-person': (turn: number) => queries.getPerson({ uid: person(turn).uid }, asAdministrator),
    'list-users, 100': () => queries.listUsers(page, asAdministrator),
    'list-app-users, 100': () => queries.listAppUsers({ ...page, id: app.number }, asAdministrator),
    'list-users, q of 11 matches': () => queries.listUsers({ ...page, q: 'user123' }, asAdministrator),
    'list-users, q of all': () => queries.listUsers({ ...page, q: 'user' }, asAdministrator),
    'list-people, 100 in the middle': () =>
      queries.listPeople({ skip: people.length / 2, limit: 100 }, asAdministrator),
    'list-people, by identifier': (turn: number) =>
      queries.listPeople({ ...page, identifier: person(turn).email }, asAdministrator),
    'get-revocations': () => queries.getRevocations({ since: 0 }, context),
  };
}
