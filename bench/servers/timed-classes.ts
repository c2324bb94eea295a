import { randomBytes, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '@evident/testing';

/** One kind of attempt, each at a name of its own. */
export interface TimedClass {
  readonly name: string;
  /** Sends the attempt of this number and resolves with the milliseconds to the end of the answer. */
  ask(number: string): Promise<number>;
}

export interface TimedClasses {
  /** Those that have to take the same time. */
  readonly alike: readonly TimedClass[];
  /** One that must not, to show that a difference would be seen. */
  readonly control: TimedClass;
}

const right = 'the right password 1';
const wrong = 'not the password 123';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

export function verifyClasses(url: string, apiKey: string): TimedClasses {
  const verify = (username: string, password: string, api_key = apiKey) =>
    timed(url, '/verify', 'application/json', JSON.stringify({ username, password, api_key }), 200);
  const remembered = async (number: string) => {
    await verify(`remembered${number}`, right);
    return verify(`remembered${number}`, wrong);
  };
  return {
    alike: [
      { name: 'unknown user', ask: (number) => verify(`unknown${number}`, wrong) },
      { name: 'wrong password', ask: (number) => verify(`known${number}`, wrong) },
      { name: 'wrong password, disabled user', ask: (number) => verify(`disabled${number}`, wrong) },
      { name: 'wrong password, right one remembered', ask: remembered },
    ],
    control: { name: 'control: bad API key', ask: (number) => verify(`known${number}`, wrong, 'evk_bad') },
  };
}

export function tokenClasses(url: string): TimedClasses {
  const sign = (username: string, password: string, status = 401) => {
    const form = `${new URLSearchParams({ username, password })}`;
    return timed(url, '/token', 'application/x-www-form-urlencoded', form, status);
  };
  return {
    alike: [
      { name: 'unknown user', ask: (number) => sign(`stranger${number}`, wrong) },
      { name: 'wrong password', ask: (number) => sign(`signer${number}`, wrong) },
      { name: 'right password, disabled user', ask: (number) => sign(`dismissed${number}`, right) },
      { name: 'right password, removed user', ask: (number) => sign(`removed${number}`, right) },
    ],
    control: { name: 'control: no password', ask: (number) => sign(`signer${number}`, '', 422) },
  };
}

/** Users of each class for each number, and an app that they may all use, whose key it resolves with. */
export async function furnishClasses(deployment: Deployment, numbers: readonly string[]): Promise<string> {
  const ask = async (method: string, path: string, body: unknown, token?: string) => {
    const isForm = body instanceof URLSearchParams;
    const headers = {
      ...(isForm || body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }),
    };
    const sent = body === undefined ? null : isForm ? body : JSON.stringify(body);
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${deployment.url}${path}`, { method, headers, body: sent });
      const text = await response.text();
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      // A machine that others use as well is at times too slow, and says so.
      if (response.status !== 503 || attempt === 20) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      await pause(1_000);
    }
  };
  const { access_token: token } = await ask('POST', '/token', new URLSearchParams({ ...deployment.administrator }));
  const app = await ask('POST', '/apps/', { name: 'Timing', url: 'https://timing.example.com' }, token);
  const add = async (username: string) => {
    const user = { username, email: `${username}@example.com`, password: right };
    const { id } = await ask('POST', '/users/', user, token);
    await ask('POST', `/users/${id}/assign/${app.id}`, undefined, token);
    return id;
  };
  for (const number of numbers) {
    const [disabled, dismissed, removed] = await Promise.all(
      ['disabled', 'dismissed', 'removed', 'known', 'remembered', 'signer'].map((name) => add(`${name}${number}`)),
    );
    await ask('PUT', `/users/${disabled}`, { is_active: false }, token);
    await ask('PUT', `/users/${dismissed}`, { is_active: false }, token);
    await ask('DELETE', `/users/${removed}`, undefined, token);
  }
  return app.api_key;
}

function timed(url: string, path: string, type: string, body: string, status: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    // Each attempt at /token from an address of its own: the gateway limits those that flood.
    'x-forwarded-for': [10, ...randomBytes(3)].join('.'),
  };
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const asked = request({ agent, host: hostname, port, path, method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => {
        const took = performance.now() - began;
        // A class that was refused by a limit would be compared with nothing.
        if (answer.statusCode === status) resolve(took);
        else reject(new Error(`${path} answered ${answer.statusCode} instead of ${status}`));
      });
    });
    asked.once('error', reject).end(body);
  });
}
