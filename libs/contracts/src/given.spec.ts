import { expect, it } from 'vitest';
import { given } from './given.ts';

it('leaves undefined members away, and keeps what is null, empty or false', () => {
  const members: { name?: string | undefined; logo: null; slug: string; active: boolean } = {
    name: undefined,
    logo: null,
    slug: '',
    active: false,
  };
  const kept: { name?: string; logo: null; slug: string; active: boolean } = given(members);
  expect(Object.entries(kept)).toEqual([
    ['logo', null],
    ['slug', ''],
    ['active', false],
  ]);
});
