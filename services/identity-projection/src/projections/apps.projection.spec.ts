import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { appsProjection } from './apps.projection.ts';
import { type Happened, happened, rowsAfter } from './happened.fixture.ts';

const uid = randomUUID();
const stream = streams.app('main', uid);
const issued = (prefix: string, at: number) =>
  happened(stream, 'app.key-issued', { keyId: randomUUID(), lookup: 'k1.key', prefix }, at);
const registration = [
  happened(stream, 'app.registered', { number: 3, name: 'Wiki', url: 'https://wiki.example.com' }, 100),
  issued('sso_first', 100),
];
const wiki = {
  number: 3,
  name: 'Wiki',
  url: 'https://wiki.example.com',
  isActive: true,
  apiKeyPrefix: 'sso_first',
  createdAt: 100,
  updatedAt: 100,
  revision: 1,
};
const after = (...events: Happened[]) => rowsAfter(appsProjection, [...registration, ...events])[uid];

describe('a row of apps', () => {
  it('has what others see of the app, and no key', () => {
    expect(after()).toEqual(wiki);
  });

  it('follows changes, activity and the prefix of the present key', () => {
    const changed = happened(stream, 'app.changed', { name: 'Docs', url: 'https://docs.example.com' }, 200);
    const disabled = happened(stream, 'app.deactivated', {}, 300);
    expect(after(changed, disabled)).toEqual({
      ...wiki,
      name: 'Docs',
      url: 'https://docs.example.com',
      isActive: false,
      updatedAt: 300,
      revision: 3,
    });
    expect(after(issued('sso_second', 400))).toEqual({
      ...wiki,
      apiKeyPrefix: 'sso_second',
      updatedAt: 400,
      revision: 2,
    });
  });

  it('is gone after removal', () => {
    expect(after(happened(stream, 'app.removed'))).toBeUndefined();
  });
});
