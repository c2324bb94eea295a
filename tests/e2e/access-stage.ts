import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { administered } from './administered.ts';
import { type Body, type Call, call } from './http.ts';
import { uniqueName } from './objects.ts';
import type { Shape } from './shape.ts';

export const base = '/api/sso/v1';
const secret = 'Correct-Horse-7';
export const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;

interface SignedIn {
  readonly uid: string;
  readonly id: string;
  readonly token: string;
  readonly sso: (path: string, options?: Call) => ReturnType<typeof call>;
}

/** The refusal of who lacks a scope. */
export const missing = (scope: string) => ({ status: 403, body: { code: 'permission_denied', missing: scope } });

export type AccessStage = ReturnType<typeof accessStage>;

/**
 * The deployment that the suites of access share, and what they make in it as its administrator. Started before the first
 * test of the `describe` that it stands in, and removed after the last.
 */
export function accessStage(shape: Shape) {
  const stage = administered(shape);
  const ask = (path: string, options: Call) => call(stage.evident, `${base}${path}`, options);
  const sso = (path: string, options: Call = {}) => ask(path, { token: stage.token, ...options });
  const made = async (path: string, json: object): Promise<Body> => {
    const { body, status } = await sso(path, { json });
    expect([status, body]).toEqual([201, expect.anything()]);
    return body;
  };
  const role = (more: object = {}) => made('/roles', { name: unique('Role'), ...more });
  const workspace = (more: object = {}) => made('/workspaces', { name: unique('Team'), ...more });
  const change = async (path: string, json: object) => {
    const { body, status } = await sso(path, { method: 'PATCH', json });
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };
  /** Somebody with these grants, signed in. */
  const somebody = async (grants: object = {}): Promise<SignedIn> => {
    const identifier = uniqueName();
    const { id, uid } = await made('/users', { identifier, password: secret, ...grants });
    const { body, status } = await ask('/auth/login', { json: { identifier, secret } });
    expect([status, body]).toEqual([200, expect.anything()]);
    const token: string = body.access_token;
    return { uid, id, token, sso: (path, options = {}) => ask(path, { token, ...options }) };
  };

  return {
    shape,
    get evident() {
      return stage.evident;
    },
    get admin() {
      return stage.token;
    },
    ...{ sso, made, role, workspace, change, somebody },
  };
}
