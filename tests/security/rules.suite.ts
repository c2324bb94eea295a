import { randomUUID } from 'node:crypto';
import type { Deployment } from '@evident/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import type { Document, Operation } from './openapi-answers.ts';

interface Ruled {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly rule: string;
}

/** Whose tokens the deployment makes too (`ALLOWED_AUDIENCES`). */
export const anotherApp = 'reports';

type Person = Deployment['administrator'];

/**
 * The rule that each route declares is the rule that it keeps: the routes are those of /openapi.json, all of them. That each
 * scope is asked for, of things that are there and of others alike, is shown by tests/e2e/nobody-beyond.suite.ts.
 */
export function rulesSuite(evident: () => Deployment, token: () => string): void {
  describe('every route', () => {
    let ruled: Ruled[];
    let stranger: string;
    let foreign: string;

    beforeAll(async () => {
      const document: Document = (await call(evident(), '/openapi.json')).body;
      ruled = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          operation,
          rule: operation['x-evident-rule'],
        })),
      );
      const signIn = async ({ username: identifier, password: secret }: Person, more = {}): Promise<string> =>
        (await call(evident(), '/api/sso/v1/auth/login', { json: { identifier, secret, ...more } })).body.access_token;
      stranger = await signIn(await createUser(evident(), token()));
      foreign = await signIn(evident().administrator, { audience: anotherApp });
    });

    const ask = ({ method, path, operation }: Ruled, credential: string | undefined): Promise<Answer> => {
      const content = Object.values(operation.requestBody?.content ?? {})[0];
      const part = (_: string, wanted: string) => {
        const { schema } = operation.parameters?.find(({ name }) => name === wanted) ?? {};
        // Ids of nobody: the examples of the document name things that there never were.
        return String(schema?.examples?.[0] ?? (schema?.format === 'uuid' ? randomUUID() : 'users'));
      };
      return call(evident(), path.replace(/\{([^}]+)\}/g, part), {
        method,
        ...(credential === undefined ? {} : { token: credential }),
        ...(content === undefined ? {} : { json: content.example ?? {} }),
      });
    };
    const named = (one: Ruled, answer: unknown) => [one.method, one.path, one.rule, answer];

    it('without a credential is 401, save those for everybody', async () => {
      const closed = ruled.filter(({ rule }) => rule !== 'public');
      expect(closed.length).toBeGreaterThan(20);
      for (const one of closed) {
        const { status } = await ask(one, undefined);
        expect.soft(named(one, status)).toEqual(named(one, 401));
      }
    });

    it('with an administrator’s token that was made for another app is 403, save who one is', async () => {
      const ours = ruled.filter(({ rule }) => rule !== 'public');
      for (const one of ours) {
        const { status } = await ask(one, foreign);
        expect.soft(named(one, status)).toEqual(named(one, one.path === '/api/sso/v1/me' ? 200 : 403));
      }
    });

    it('about what is one’s own is 404 for what belongs to nobody', async () => {
      const own = ruled.filter(({ rule, path, method }) => rule === 'self' && path.includes('{') && method !== 'POST');
      for (const one of own) {
        const { status } = await ask(one, stranger);
        expect.soft(named(one, status)).toEqual(named(one, 404));
      }
    });

    it('that takes a body has an example of it, for people to try and for this suite', () => {
      const silent = ruled.filter(({ operation }) =>
        Object.values(operation.requestBody?.content ?? {}).some(({ example }) => example === undefined),
      );
      expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    });
  });
}
