import { errorCodes, fail, succeed } from '@evident/contracts';
import { expect, it } from 'vitest';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from './nats-wire.ts';

it('gives back what was packed', () => {
  expect(decodeRequest(encodeRequest('subject', '7', { payload: 1 }))).toEqual({ id: '7', data: { payload: 1 } });
  for (const reply of [succeed({ a: 1 }), fail('load.shed', { retryAfterSeconds: 1 })]) {
    expect(decodeReply(encodeReply('7', reply))).toEqual(reply);
  }
});

const frozen = { status: 409, retry: 'later', meaning: 'The user is frozen.' };
const ofNewerPeer = (error: object) => Buffer.from(JSON.stringify({ response: { ok: false, error } }));

it('sends with a code what a peer needs that does not know it, and drops it where the code is known', () => {
  const packed = encodeReply('7', fail('load.shed'));
  const sent = { code: 'load.shed', kind: errorCodes['load.shed'] };
  expect(JSON.parse(packed.toString())).toMatchObject({ response: { ok: false, error: sent } });
  expect(decodeReply(packed)).toEqual(fail('load.shed'));
});

it('takes a code that only a newer peer knows for what came with it, and passes it on', () => {
  const error = { code: 'user.frozen', kind: frozen, retryAfterSeconds: 3, position: 'a~1' };
  const reply = decodeReply(ofNewerPeer({ ...error, details: { reason: 'of which nothing is known' } }));
  expect(reply).toEqual({ ok: false, error });
  expect(reply && decodeReply(encodeReply('7', reply))).toEqual(reply);
});

it.each([
  ['no kind', undefined],
  ['no status of a refusal', { ...frozen, status: 200 }],
  ['a retry that is none', { ...frozen, retry: 'maybe' }],
  ['a meaning that is no line', { ...frozen, meaning: 'x'.repeat(301) }],
])('takes for no reply an unknown code with %s', (_what, kind) => {
  expect(decodeReply(ofNewerPeer({ code: 'user.frozen', kind }))).toBeUndefined();
});

it('takes for no reply an unknown code that is not written as codes are', () => {
  for (const code of ['', 'frozen', 'User.Frozen', 'user.frozen\n', `user.${'x'.repeat(80)}`]) {
    expect(decodeReply(ofNewerPeer({ code, kind: frozen }))).toBeUndefined();
  }
});

// A throw would end more than one answer: the driver reads no more from a connection whose callback has thrown.
it.each([
  '',
  '7',
  'null',
  '[]',
  '{}',
  '{"response":7}',
  '{"response":{"ok":"yes"}}',
  '{"response":{"ok":false}}',
  '{"response":{"ok":false,"error":null}}',
  '{"response":{"ok":false,"error":{"code":"no.such-code"}}}',
  '{"response":{"ok":false,"error":{"code":["load.shed"]}}}',
  '{"response":{"ok":false,"error":{"code":{"toString":1}}}}',
])('takes for no reply, and does not throw at: %s', (text) => {
  expect(decodeReply(Buffer.from(text))).toBeUndefined();
});

it.each(['', '7', 'null', '[]', '{}', '{"id":7}', '{"id":{}}', `{"id":"${'x'.repeat(101)}"}`])(
  'takes for no request, and does not throw at: %s',
  (text) => {
    expect(decodeRequest(Buffer.from(text))).toBeUndefined();
  },
);
