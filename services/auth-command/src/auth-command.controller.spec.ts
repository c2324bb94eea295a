import { authCommandContracts } from '@evident/contracts';
import { requestContext } from '@evident/testing';
import { bindHandlers } from '@evident/transport';
import { expect, it } from 'vitest';
import { identityControllers } from './auth-command.module.ts';
import type { AuthCommand } from './auth-command.ts';

it('answers every message of the contract with the use case of the same name', async () => {
  const asked: string[] = [];
  const service = new Proxy({} as AuthCommand, {
    get: (_target, name) => async (request: unknown) => {
      asked.push(String(name));
      return { ok: true, value: request };
    },
  });
  const handlers = bindHandlers(...identityControllers.map((Each) => new Each(service)));
  for (const { subject, name } of authCommandContracts) {
    const request = { of: name };
    expect(await handlers.get(subject)?.handle(request, requestContext())).toEqual({ ok: true, value: request });
    expect(asked.pop()).toBe(name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()));
  }
  expect([...handlers]).toHaveLength(authCommandContracts.length);
});
