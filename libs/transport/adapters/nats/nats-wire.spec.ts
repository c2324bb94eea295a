import { fail, succeed } from '@evident/contracts';
import { expect, it } from 'vitest';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from './nats-wire.ts';

it('gives back what was packed', () => {
  expect(decodeRequest(encodeRequest('subject', '7', { payload: 1 }))).toEqual({ id: '7', data: { payload: 1 } });
  for (const reply of [succeed({ a: 1 }), fail('load.shed', { retryAfterSeconds: 1 })]) {
    expect(decodeReply(encodeReply('7', reply))).toEqual(reply);
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
