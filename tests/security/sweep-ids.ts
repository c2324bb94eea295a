import type { Deployment } from '@evident/testing';
import fc from 'fast-check';
import { call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';

const sso = '/api/sso/v1';
/** Enough that some are left when others were removed. */
const each = Array.from({ length: 8 });

/** Ids of things that are there, by the beginning of the paths that name them. */
export interface KnownIds {
  /** For a path; never of the first administrator, whose token all of it is asked with. */
  textFor(path: string): fc.Arbitrary<string>;
}

export async function makeThings(evident: Pick<Deployment, 'url'>, token: string): Promise<KnownIds> {
  // Users and apps are counted apart, so an integer is an id of each.
  const users = await Promise.all(each.map(() => createUser(evident, token)));
  const apps = await Promise.all(each.map(() => createApp(evident, token)));
  const numbers = [...users, ...apps].map(({ body }) => String(body.id));
  const made = async (path: string, json: (index: number) => object): Promise<string[]> => {
    const answers = await Promise.all(
      each.map((_, index) => call(evident, `${sso}${path}`, { token, json: json(index) })),
    );
    for (const { status, body } of answers)
      if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return answers.flatMap(({ body }) => [body.id, body.uid]);
  };
  const uids = [
    ...users.flatMap(({ body }) => [body.uid, `user:${body.uid}`]),
    ...(await made('/workspaces', (index) => ({ name: `Team ${index}` }))),
    ...(await made('/roles', (index) => ({ name: `Role ${index}`, scopes: ['read:content'] }))),
    ...(await made('/agents', (index) => ({ name: `Agent ${index}`, scopes: ['read:content'] }))),
    ...(await made('/apikeys', (index) => ({ name: `Key ${index}`, scopes: ['read:content'] }))),
  ];
  return {
    textFor: (path) =>
      fc
        .oneof(
          { weight: 6, arbitrary: fc.constantFrom(...(path.startsWith(sso) ? uids : numbers)) },
          { weight: 1, arbitrary: fc.uuid() },
          { weight: 2, arbitrary: fc.integer().map(String) },
          { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
        )
        .map((id) => (Number(id) === 1 ? '2' : id))
        .map((id) => (id === '.' || id === '..' ? '%2e' : encodeURIComponent(id.toWellFormed()))),
  };
}
