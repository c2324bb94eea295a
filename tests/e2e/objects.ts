import { randomUUID } from 'node:crypto';
import type { Deployment } from '@evident/testing';
import { type Answer, type Body, call } from './http.ts';

export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly body: Body;
  readonly answer: Answer;
}

export interface NewApp {
  readonly body: Body;
}

/** A name that no other spec uses; letters first, so that it can be varied in case and width. */
export function uniqueName(): string {
  return `user${randomUUID().slice(0, 13)}`;
}

export async function createUser(
  deployment: Pick<Deployment, 'url'>,
  token: string,
  more: object = {},
): Promise<NewUser> {
  const username = uniqueName();
  const user = { username, email: `${username}@example.com`, password: 'password of a spec 1' };
  const answer = await call(deployment, '/users/', { token, json: { ...user, ...more } });
  return { ...user, body: answer.body, answer };
}

export async function createApp(deployment: Pick<Deployment, 'url'>, token: string): Promise<NewApp> {
  const json = { name: 'OpenProject', url: 'https://openproject.example.com' };
  return { body: (await call(deployment, '/apps/', { token, json })).body };
}

export function verify(
  deployment: Pick<Deployment, 'url'>,
  user: { username: string; password?: string },
  apiKey: string,
): Promise<Answer> {
  const { username, password = '' } = user;
  return call(deployment, '/verify', { json: { username, password, api_key: apiKey } });
}
