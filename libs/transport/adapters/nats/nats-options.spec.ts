import { describe, expect, it } from 'vitest';
import { connectionOptions, namesOf } from './nats-options.ts';
import { NatsProblem } from './nats-problem.ts';

const to = (server: string, more = {}) => connectionOptions({ servers: [server], service: 'gateway', ...more });

/** Any file that can be read: what is in it the driver looks at when it connects. */
const ownFile = import.meta.filename;

function problemOf(body: () => unknown): NatsProblem {
  try {
    body();
  } catch (error) {
    if (error instanceof NatsProblem) return error;
  }
  throw new Error('expected a problem');
}

describe('a connection off loopback', () => {
  it.each(['nats://10.0.0.7:4222', 'nats://user:hunter2@nats:4222', 'nats://[2001:db8::1]:4222'])(
    'is refused without TLS: %s',
    (server) => {
      const { code, message, remedy } = problemOf(() => to(server));
      expect(code).toBe('plaintext');
      expect(remedy).toContain('tls://');
      expect(message + remedy).not.toContain('hunter2');
    },
  );

  it('is refused where one of several servers is off loopback', () => {
    const servers = ['nats://127.0.0.1:4222', 'nats://10.0.0.7:4222'];
    expect(problemOf(() => connectionOptions({ servers, service: 'gateway' })).message).toContain('10.0.0.7');
  });

  it('is taken with TLS, and with an express word without', () => {
    expect(to('tls://user:secret@nats.example.com:4222').tls).toEqual({});
    expect(to('nats://user:secret@nats:4222', { allowPlaintext: true }).tls).toBeUndefined();
  });

  it.each([
    ['tls://nats.example.com:4222', {}],
    ['tls://nats.example.com:4222', { caFile: ownFile }],
    ['nats://nats:4222', { allowPlaintext: true }],
  ])('is refused without a credential: %s with %j', (server, more) => {
    const { code, message, remedy } = problemOf(() => to(server, more));
    expect(code).toBe('anonymous');
    expect(message).toContain(new URL(server).host);
    for (const way of ['NATS_URL', 'NATS_CREDENTIALS', 'NATS_CERT']) expect(remedy).toContain(way);
  });

  it.each([
    ['a user in its URL', 'tls://user:secret@nats:4222', {}],
    ['a token in its URL', 'tls://t0ken@nats:4222', {}],
    ['a file of credentials', 'tls://nats:4222', { credentialsFile: ownFile }],
    ['a certificate of its own', 'tls://nats:4222', { certFile: ownFile, keyFile: ownFile }],
  ])('is taken with %s', (_credential, server, more) => {
    expect(to(server, more).servers).toEqual(['nats:4222']);
  });
});

it.each(['nats://127.0.0.1:4222', 'nats://localhost:4222', 'nats://[::1]:4222', 'nats://user:secret@127.0.0.9:4222'])(
  'is taken unencrypted on loopback: %s',
  (server) => {
    expect(to(server).tls).toBeUndefined();
  },
);

it('takes the credential out of what is shown and handed to the driver as an address', () => {
  const address = { servers: ['nats://user:hunter2@127.0.0.1:4222'], service: 'gateway' };
  expect(namesOf(address)).toBe('127.0.0.1:4222');
  expect(connectionOptions(address).servers).toEqual(['127.0.0.1:4222']);
});

it.each([
  ['nats://user:p%40ss@127.0.0.1', { user: 'user', pass: 'p@ss' }],
  ['nats://t0ken@127.0.0.1', { auth_token: 't0ken' }],
])('reads the credential of %s', (server, expected) => {
  const { authenticator } = to(server);
  if (typeof authenticator !== 'function') throw new Error('expected one authenticator');
  expect(authenticator()).toMatchObject(expected);
});

it('gives each service an inbox of its own', () => {
  expect(to('nats://127.0.0.1').inboxPrefix).toBe('_INBOX.gateway');
  expect(to('nats://127.0.0.1', { inboxPrefix: '_INBOX.other' }).inboxPrefix).toBe('_INBOX.other');
});

it('names the variable of a file that cannot be read', () => {
  const { code, remedy } = problemOf(() => to('tls://127.0.0.1', { caFile: '/nowhere/ca.pem' }));
  expect(code).toBe('file');
  expect(remedy).toContain('NATS_CA');
});
