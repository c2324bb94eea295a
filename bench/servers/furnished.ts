import type { Deployment } from '@evident/testing';
import type { Resource } from '../program.ts';
import { ask } from './ask.ts';

/** A server with users who may all use one app. */
export interface Furnished {
  readonly url: string;
  readonly deployment: Deployment;
  /** An access token of the administrator. */
  readonly token: string;
  readonly apiKey: string;
  readonly users: readonly FurnishedUser[];
}

export interface FurnishedUser {
  readonly id: number;
  readonly username: string;
  readonly password: string;
}

/** Users are made two at a time: each costs a hash, and more at once would only wait. */
const together = 2;

/** With as many users as `--set users=` says, 200 unless told otherwise. */
export function furnished(server: Resource<Deployment>): Resource<Furnished> {
  return async ({ use, option }) => {
    const deployment = await use(server);
    const { url } = deployment;
    const { access_token: token } = await ask(url, '/token', { form: deployment.administrator });
    const app = await ask(url, '/apps/', { token, json: { name: 'Bench', url: 'https://bench.example.com' } });
    const users: FurnishedUser[] = [];
    const total = option('users', 200);
    for (let made = 0; made < total; made += together) {
      const some = Array.from({ length: together }, (_, index) => addUser(url, token, app.id, made + index));
      users.push(...(await Promise.all(some)));
    }
    return { value: { url, deployment, token, apiKey: app.api_key, users }, close: () => undefined };
  };
}

async function addUser(url: string, token: string, app: number, number: number): Promise<FurnishedUser> {
  const user = { username: `bench${number}`, password: 'password of a bench 1' };
  const json = { ...user, email: `${user.username}@example.com` };
  const { id } = await ask(url, '/users/', { token, json });
  await ask(url, `/users/${id}/assign/${app}`, { token, json: {} });
  return { id, ...user };
}
