import { initialRole, newPerson, type Person, type RoleState, streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { personObjectOf } from './index.ts';

const ada: Person = { ...newPerson(7, 1), name: 'Ada', roleIds: ['editor'] };

function directory() {
  const role = (slug: string): RoleState => ({ ...initialRole, defined: true, isActive: true, slug });
  const ends = new Map([[streams.role('main', 'editor'), role('editor')]]);
  const load = async (stream: string) => ({ state: ends.get(stream), revision: 0, position: undefined });
  const states = { role: { load }, workspace: { load } } as unknown as Parameters<typeof personObjectOf>[0]['states'];
  return {
    rename: (slug: string) => ends.set(streams.role('main', 'editor'), role(slug)),
    describe: (userId: string, person: Person) => personObjectOf({ states, tenant: 'main' }, userId, person),
  };
}

describe('a person as others see them', () => {
  it('is described once while neither the person nor what they hold changes', async () => {
    const people = directory();
    const row = { ...ada };
    expect(await people.describe('ada', row)).toBe(await people.describe('ada', row));
  });

  it('is described anew once a role that they hold has changed', async () => {
    const people = directory();
    const row = { ...ada };
    expect((await people.describe('ada', row)).roles).toEqual(['editor']);
    people.rename('author');
    expect((await people.describe('ada', row)).roles).toEqual(['author']);
  });

  it('is described anew once the person has changed', async () => {
    const people = directory();
    await people.describe('ada', { ...ada });
    expect((await people.describe('ada', { ...ada, name: 'Ada L.' })).name).toBe('Ada L.');
  });

  it('is never described under the id of another', async () => {
    const people = directory();
    const row = { ...ada };
    await people.describe('ada', row);
    expect(await people.describe('eva', row)).toMatchObject({ uid: 'eva' });
  });
});
