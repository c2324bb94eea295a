import { parseStreamName, streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { aggregateOf, canonicalSubject, parseSubject, subjectOfStream } from './index.ts';

/** Every stream that there is, by the functions that name them. */
const everyStream = Object.values(streams).map((name) =>
  (name as (...parts: string[]) => string)('main', 'username', 'b'),
);

const claimed = streams.reservation('main', 'username', 'b');

describe('a subject', () => {
  it.each(everyStream.filter((stream) => stream !== claimed))(
    'is one for the stream %s, and leads back to it',
    (stream) => {
      const subject = subjectOfStream(stream);
      expect(parseSubject('main', subject ?? '')?.stream).toBe(stream);
    },
  );

  it('of a claim is always the same, its own, and says neither what is claimed nor its hash', () => {
    const [one, other] = [claimed, streams.reservation('main', 'email', 'k1.b')].map((stream) =>
      subjectOfStream(stream),
    );
    expect(one).toMatch(/^reservation:[0-9a-f-]{36}$/);
    expect(subjectOfStream(claimed)).toBe(one);
    expect(other).not.toBe(one);
    expect(parseSubject('main', one ?? '')).toEqual({ text: one, category: 'reservation', stream: undefined });
  });

  it.each(everyStream)('can be folded: %s has its aggregate', (stream) => {
    expect(aggregateOf(parseStreamName(stream)?.category ?? '')).toBeDefined();
  });

  it('of an agent is what its tokens call it', () => {
    expect(subjectOfStream('agent-main.7')).toBe('service:7');
    expect(parseSubject('main', 'service:7')?.stream).toBe('agent-main.7');
    expect(parseSubject('main', 'agent:7')).toBeUndefined();
  });

  it('of what a tenant has one of names the tenant, and of anything else is what it is', () => {
    expect(parseSubject('main', 'roster:main')).toEqual({
      ...{ text: 'roster:main', category: 'roster', stream: 'roster-main' },
    });
    expect(parseSubject('main', 'roster:other')?.stream).toBe('roster-main.other');
    expect(parseSubject('main', 'user:main')?.stream).toBe('user-main.main');
  });

  it('with a UUID in upper case is the one in lower case; other ids are read as they stand', () => {
    const [uuid, subject] = ['019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60', 'user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'];
    expect(parseSubject('main', `user:${uuid.toUpperCase()}`)).toEqual(parseSubject('main', subject));
    expect(canonicalSubject(`reservation:${uuid.toUpperCase()}`)).toBe(`reservation:${uuid}`);
    expect(parseSubject('main', 'numbers:User')?.stream).toBe('numbers-main.User');
    expect(parseSubject('main', `USER:${uuid}`)).toBeUndefined();
  });

  it.each(['', 'user', 'user:', ':7', 'User:7', 'user: 7', 'user-main.7', '7', `user:${'7'.repeat(201)}`])(
    'is not %j',
    (text) => {
      expect(parseSubject('main', text)).toBeUndefined();
    },
  );
});
