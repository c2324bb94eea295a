import {
  initialRole,
  initialWorkspace,
  newPerson,
  type Person,
  passwordCredentialName,
  type RoleState,
  streams,
  type WorkspaceState,
} from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { personObjectOf } from './index.ts';

const ada: Person = { ...newPerson(7, 1), name: 'Ada', roleIds: ['editor'] };

function directory() {
  const role = (slug: string): RoleState => ({ ...initialRole, defined: true, isActive: true, slug });
  const workspace = (isActive: boolean): WorkspaceState => ({ ...initialWorkspace, created: true, isActive });
  const ends = new Map<string, RoleState | WorkspaceState>([
    [streams.role('main', 'editor'), role('editor')],
    [streams.workspace('main', 'team'), workspace(true)],
    [streams.workspace('main', 'closed'), workspace(false)],
  ]);
  const load = async (stream: string) => ({ state: ends.get(stream), revision: 0, position: undefined });
  const states = { role: { load }, workspace: { load } } as unknown as Parameters<typeof personObjectOf>[0]['states'];
  return {
    rename: (slug: string) => ends.set(streams.role('main', 'editor'), role(slug)),
    describe: (userId: string, person: Person) => personObjectOf({ states, tenant: 'main' }, userId, person),
  };
}

describe('a person as others see them', () => {
  it('is all that is theirs, with what of it counts now', async () => {
    const people = directory();
    const email = { kind: 'email', claimId: 'c1', value: 'ada@example.com', lookup: 'k1.ada' } as const;
    const row: Person = {
      ...ada,
      identifiers: [{ ...email, verified: true, verifiedAt: 2, primary: true, createdAt: 1 }],
      ...{ scopes: ['read:x'], workspaceRoles: { team: ['editor'], closed: ['editor'] } },
      ...{ isLimited: true, status: 'banned', isActive: false, isAdmin: true, isOwner: true },
      ...{ avatarUrl: 'https://a.example', customClaims: '{"a":1}', passwordSetAt: 3, updatedAt: 4 },
    };
    expect(await people.describe('ada', row)).toEqual({
      ...{ uid: 'ada', number: 7, name: 'Ada', roles: ['editor'], roleIds: ['editor'], scopes: ['read:x'] },
      identifiers: [
        ...[
          {
            id: 'c1',
            kind: 'email',
            value: 'ada@example.com',
            verified: true,
            verifiedAt: 2,
            primary: true,
            createdAt: 1,
          },
        ],
      ],
      ...{ workspaceRoles: { team: ['editor'] }, workspaceIds: ['team'] },
      ...{ isLimited: true, status: 'banned', isActive: false, isAdmin: true, isOwner: true },
      ...{ avatarUrl: 'https://a.example', customClaims: { a: 1 }, createdAt: 1, updatedAt: 4 },
      credentials: [{ id: uuid5(passwordCredentialName('ada')), method: 'password', createdAt: 3 }],
    });
    expect((await people.describe('ada', { ...row, passwordSetAt: null })).credentials).toEqual([]);
  });

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
