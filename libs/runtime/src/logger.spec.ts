import { describe, expect, it } from 'vitest';
import type { LogFields } from './logged-fields.ts';
import { createLogger } from './logger.ts';

function capture() {
  const written: string[] = [];
  const logger = createLogger({
    service: 'auth-command',
    level: 'debug',
    pretty: false,
    destination: { write: (line) => written.push(line) },
  });
  return { logger, text: () => written.join(''), lines: () => written.map((line) => JSON.parse(line) as object) };
}

it('writes one JSON object a line, with service, level and time', () => {
  const { logger, lines } = capture();
  logger.child({ correlationId: 'c-1' }).info({ route: '/users/:id', status: 200, durationMs: 1.5 }, 'Answered.');
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'auth-command',
      correlationId: 'c-1',
      route: '/users/:id',
      status: 200,
      durationMs: 1.5,
      text: 'Answered.',
    },
  ]);
});

describe('secrets and personal data', () => {
  const untyped = (fields: object) => fields as LogFields;

  it.each([
    ['a password', { password: 'correct horse' }, 'correct horse'],
    ['a name', { username: 'ada.lovelace' }, 'ada.lovelace'],
    ['an address', { email: 'ada@example.com' }, 'ada'],
    ['a request', { req: { headers: { authorization: 'Bearer abcdef' }, url: '/users?q=ada' } }, 'ada'],
    ['a body inside a permitted field', { reason: { password: 'correct horse' } }, 'correct horse'],
    ['an array inside a permitted field', { reason: ['correct horse'] }, 'correct horse'],
    ['a client address', { clientIp: '203.0.113.9' }, '203.0.113.9'],
  ])('never come out: %s', (_, fields, secret) => {
    const { logger, text } = capture();
    logger.info(untyped(fields), 'Something happened.');
    logger.child(untyped(fields)).warn({}, 'Something happened.');
    expect(text()).not.toContain(secret);
    expect(text()).toContain('[withheld]');
  });

  const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
  it.each([
    ['a token', token, 'eyJ'],
    ['a header', 'authorization: Bearer abc.def', 'abc.def'],
    [
      'a keyed hash',
      'appending to reservation-main.username-k1.lGKEC91n9a6cjPq0R7s_uVwXyZ-0123456789abcdef00000',
      'lGKEC91n9a6cj',
    ],
    ['a hash', 'stored $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 'c2FsdA'],
    ['credentials in a URL', 'connect to mongodb://admin:hunter2@db:27017', 'hunter2'],
    ['an e-mail address', 'mail to ada@example.com refused', 'ada@'],
    ['an API key', 'key evk_0123456789abcdef refused', '0123456789'],
    ['a password in a text', 'bad password=hunter2, sorry', 'hunter2'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAw', 'MC4CAQAw'],
  ])('never come out of a text, an error or a permitted field: %s', (_, leak, secret) => {
    const { logger, text } = capture();
    logger.info({}, leak);
    logger.info({ reason: leak, subject: leak, error: new Error(leak, { cause: new Error(leak) }) }, 'Failed.');
    expect(text()).toContain('Failed.');
    expect(text()).not.toContain(secret);
  });

  it.each([
    ['a keyed hash', 'lGKEC91n9a6cjPq0R7s_uVwXyZ-0123456789abcdef00000', 'username-k1.', ' is held'],
    ['the password of a URL', 'hunter2', 'mongodb://admin:', '@db:27017'],
    ['an e-mail address', 'ada.lovelace', '', '@example.com'],
    ['a key', '0123456789', 'evk_', 'abcdef'],
  ])('never come out of a text that is cut inside them: %s', (_, secret, before, after) => {
    const leak = `${before}${secret}${after}`;
    for (let shown = before.length + 4; shown <= leak.length; shown += 1) {
      const { logger, text } = capture();
      logger.info({}, `${'word '.repeat(103).slice(shown - 512)}${leak} and more that is cut off`);
      expect(text()).not.toContain(secret.slice(0, 4));
      expect(text()).toContain('word');
    }
  });

  it('never come out of an error that quotes its input', () => {
    const { logger, text } = capture();
    for (const parse of [() => JSON.parse('{"password":"hunter2'), () => new URL('hunter2')]) {
      try {
        parse();
      } catch (error) {
        logger.error({ error }, 'Failed.');
      }
    }
    expect(text().match(/Failed\./g)).toHaveLength(2);
    expect(text()).not.toContain('hunter2');
  });

  it('never come out of the members of an error', () => {
    const { logger, text } = capture();
    logger.error({ error: Object.assign(new Error('Query failed'), { parameters: ['hunter2'] }) }, 'Failed.');
    expect(text()).not.toContain('hunter2');
    expect(text()).toContain('Query failed');
  });

  it('leave subjects, positions and codes readable', () => {
    const { logger, lines } = capture();
    const subject = 'user:4f9c2a1e-8d1b-4c3a-9d55-0a1b2c3d4e5f';
    logger.info({ subject, position: '6f1c~000000000012', code: 'user.unknown' }, 'Refused.');
    expect(lines()[0]).toMatchObject({ subject, position: '6f1c~000000000012', code: 'user.unknown' });
  });
});

it('keeps type, code and frames of an error', () => {
  const { logger, lines } = capture();
  logger.error({ error: Object.assign(new TypeError('No such thing'), { code: 'E_NONE' }) }, 'Failed.');
  expect(lines()[0]).toMatchObject({
    error: {
      type: 'TypeError',
      code: 'E_NONE',
      text: 'No such thing',
      stack: expect.arrayContaining([expect.any(String)]),
    },
  });
});

it('writes nothing below its level', () => {
  const { logger, text } = capture();
  logger.trace({}, 'Too fine.');
  expect(text()).toBe('');
});
