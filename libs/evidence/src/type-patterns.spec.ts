import { eventRegistry } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { typePatterns } from './index.ts';

const types = ['user.registered', 'user.app-assigned', 'app.changed', 'signin.failed'];
const matching = (text: string | undefined) => {
  const wanted = typePatterns(text);
  return 'unknown' in wanted ? [] : types.filter(wanted.matches);
};

describe('a list of event types', () => {
  it.each([
    [undefined, types],
    ['*', types],
    ['user.*', types.slice(0, 2)],
    ['user.*,signin.failed', ['user.registered', 'user.app-assigned', 'signin.failed']],
    ['app.changed, user.registered', ['user.registered', 'app.changed']],
    ['session.*', []],
  ])('%s', (text, wanted) => {
    expect(matching(text)).toEqual(wanted);
  });

  it('without any is all of them, also those that only a newer program knows', () => {
    const wanted = typePatterns(undefined);
    expect(wanted).toMatchObject({ all: true, types: eventRegistry.definitions.map(({ type }) => type) });
    expect('matches' in wanted && wanted.matches('user.teleported')).toBe(true);
  });

  it('is told as what it names, each once', () => {
    expect(typePatterns('app.changed,user.limited,app.changed')).toMatchObject({
      ...{ all: false, types: ['app.changed', 'user.limited'] },
    });
    expect(typePatterns('user.*,*')).toMatchObject({ all: true });
  });

  it.each([
    '',
    'user',
    'user.*.*',
    'User.*',
    'user.**',
    ',',
    'user.*,',
    '*.registered',
    'user.teleported',
    'foo.*',
    '.*',
  ])('says which part of %j is none', (text) => {
    expect(typePatterns(text)).toHaveProperty('unknown');
  });
});
