import { type SlugKind, streams } from '@evident/domain';
import { type Happened, happened } from './happened.fixture.ts';

const idOf = (number: number) => `0198a1b2-c3d4-7000-8000-${String(number).padStart(12, '0')}`;

/** What comes of a claim on a slug. */
function claim(kind: SlugKind, holder: string, claimId: string): Happened & { readonly lookup: string } {
  const lookup = `k1.${kind}_${claimId.slice(-2)}`;
  const reservation = streams.reservation('main', kind, lookup);
  return { ...happened(reservation, 'reservation.claimed', { claimId, holder, claimedAt: 1_000 }), lookup };
}

const [editor, lost, team] = [idOf(1), idOf(2), idOf(3)];
const role = (id: string, type: string, data = {}) => happened(streams.role('main', id), type, data);
const workspace = (id: string, type: string, data = {}) => happened(streams.workspace('main', id), type, data);
const ofTheRole = claim('role-slug', editor, idOf(11));
const ofNoRole = claim('role-slug', lost, idOf(12));
const ofTheWorkspace = claim('workspace-slug', team, idOf(13));
const ofNoWorkspace = claim('workspace-slug', lost, idOf(14));
const details = { description: '', isActive: true };

/** A role and a workspace from their slugs' claims to their end, and two that never came about. */
export const accessHistory: readonly Happened[] = [
  ofTheWorkspace,
  workspace(team, 'workspace.created', {
    ...details,
    name: 'My Team',
    slug: 'my-team',
    lookup: ofTheWorkspace.lookup,
    claimId: idOf(13),
    logoUrl: null,
    settings: {},
    ownerId: null,
  }),
  ofTheRole,
  role(editor, 'role.defined', {
    ...details,
    name: 'Editor',
    slug: 'editor',
    lookup: ofTheRole.lookup,
    claimId: idOf(11),
    scopes: ['write:content'],
    workspaceId: team,
    ownerId: null,
  }),
  ofNoRole,
  role(lost, 'role.claim-abandoned', { claimId: idOf(12) }),
  ofNoWorkspace,
  workspace(lost, 'workspace.claim-abandoned', { claimId: idOf(14) }),
  role(editor, 'role.changed', { name: 'Writer', description: 'Writes.', isActive: false, scopes: [] }),
  workspace(team, 'workspace.changed', {
    name: 'Our Team',
    description: '',
    isActive: false,
    logoUrl: null,
    settings: { theme: 'dark' },
  }),
  role(editor, 'role.retired', { claimId: idOf(11) }),
  workspace(team, 'workspace.removed', { claimId: idOf(13) }),
];
