import { createHash } from 'node:crypto';
import { type IdentifierKind, streams } from '@evident/domain';
import { openedSession } from '@evident/testing';
import { accessHistory } from './access-history.fixture.ts';
import { type Happened, happened } from './happened.fixture.ts';

const uuidOf = (name: string) => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const [wiki, chat] = [uuidOf('wiki'), uuidOf('chat')];
const app = (uid: string, type: string, data = {}) => happened(streams.app('main', uid), type, data);
const user = (name: string, type: string, data = {}) => happened(streams.user('main', uuidOf(name)), type, data);

function claim(name: string, kind: IdentifierKind, value: string) {
  const [claimId, lookup] = [uuidOf(`${name} ${value}`), `k1.${value.replace(/\W/g, '_')}`];
  const reservation = streams.reservation('main', kind, lookup);
  const claimed = { claimId, holder: uuidOf(name), claimedAt: 1_000 };
  return {
    claimId,
    claimed: happened(reservation, 'reservation.claimed', claimed),
    added: user(name, 'user.identifier-added', { kind, value, lookup, claimId, verified: false, primary: true }),
    released: happened(reservation, 'reservation.released', { claimId }),
  };
}

function registered(name: string, number: number): Happened[] {
  const [username, email] = [claim(name, 'username', name), claim(name, 'email', `${name}@example.com`)];
  return [
    username.claimed,
    email.claimed,
    user(name, 'user.registered', { number }),
    username.added,
    email.added,
    user(name, 'user.password-changed', { passwordHash: `sealed ${name}`, generation: 1 }),
  ];
}

function session(name: string, generation: number): Happened[] {
  const stream = streams.session('main', uuidOf(`session of ${name}`));
  const userId = uuidOf(name);
  const tokenId = uuidOf(`tokens of ${name}`);
  const evidence = { stream: streams.signIn('main', userId), revision: 0, eventId: uuidOf('sign-in') };
  const { data } = openedSession({ userId, audience: 'wiki', generation, tokenId, evidence }, 2_000);
  return [
    happened(stream, 'session.opened', data),
    happened(stream, 'session.revoked', { userId, revokedAt: 3_000, reason: 'logout' }),
  ];
}

function assigned(name: string, userNumber: number, appId: string, appNumber: number): Happened {
  return user(name, 'user.app-assigned', { appId, appNumber, userNumber });
}

const robot = (type: string, data = {}) => happened(streams.agent('main', uuidOf('robot')), type, data);
const robotDetails = { name: 'Robot', description: '', scopes: ['read:sso/user'] };
const robotKey = { verifyKey: 'PEM', keyId: 'a'.repeat(64) };
const apiKey = (type: string, data = {}) => happened(streams.apiKey('main', uuidOf('api key')), type, data);
const hook = (type: string, data = {}) => happened(streams.webhook('main', uuidOf('hook')), type, data);

const carol = claim('carol', 'username', 'carol');
const phone = claim('alice', 'phone', '+49 30 1234567');
const [editor, team] = [uuidOf('editor'), uuidOf('team')];
const [renamed, frozen] = [claim('alice', 'username', 'alicia'), claim('bob', 'username', 'robert')];

/** A little of everything that any view applies, each stream as its decider would write it. */
export const wholeHistory: readonly Happened[] = [
  app(wiki, 'app.registered', { number: 1, name: 'Wiki', url: 'https://wiki.example.com' }),
  app(wiki, 'app.key-issued', { keyId: uuidOf('first key'), lookup: 'k1.first', prefix: 'sso_first' }),
  app(chat, 'app.registered', { number: 2, name: 'Chat', url: 'https://chat.example.com' }),
  ...registered('alice', 1),
  ...registered('bob', 2),
  carol.claimed,
  user('alice', 'user.admin-granted'),
  assigned('alice', 1, wiki, 1),
  assigned('bob', 2, wiki, 1),
  assigned('bob', 2, chat, 2),
  user('bob', 'user.identifier-verified', { kind: 'email', claimId: uuidOf('bob bob@example.com') }),
  ...session('alice', 1),
  frozen.claimed,
  user('bob', 'user.claim-abandoned', { kind: 'username', claimId: frozen.claimId }),
  frozen.released,
  renamed.claimed,
  renamed.added,
  user('alice', 'user.identifier-removed', { kind: 'username', claimId: uuidOf('alice alice') }),
  user('alice', 'user.password-rehashed', { passwordHash: 'sealed anew' }),
  user('alice', 'user.admin-revoked', { generation: 2 }),
  user('alice', 'user.deactivated', { generation: 3 }),
  user('alice', 'user.reactivated'),
  user('alice', 'user.sessions-ended', { generation: 4 }),
  user('alice', 'user.password-changed', { passwordHash: 'sealed again', generation: 5 }),
  phone.claimed,
  phone.added,
  user('alice', 'user.identifier-promoted', { kind: 'phone', claimId: phone.claimId }),
  user('alice', 'user.role-granted', { roleId: editor }),
  user('alice', 'user.role-revoked', { roleId: editor }),
  user('alice', 'user.scopes-assigned', { scopes: ['read:sso/user'] }),
  user('alice', 'user.workspace-joined', { workspaceId: team, roleIds: [editor] }),
  user('alice', 'user.workspace-roles-changed', { workspaceId: team, roleIds: [] }),
  user('alice', 'user.workspace-left', { workspaceId: team }),
  user('alice', 'user.named', { name: 'Alice' }),
  user('alice', 'user.avatar-changed', { avatarUrl: 'https://example.com/alice.png' }),
  user('alice', 'user.custom-claims-changed', { customClaims: '{"team":"one"}' }),
  user('alice', 'user.profile-changed', { profile: '{"city":"Bonn"}' }),
  user('alice', 'user.limited'),
  user('alice', 'user.limit-lifted'),
  user('alice', 'user.ownership-granted'),
  user('alice', 'user.password-removed', { generation: 6 }),
  user('alice', 'user.deactivated', { generation: 7 }),
  user('alice', 'user.status-changed', { status: 'banned' }),
  app(wiki, 'app.changed', { name: 'Docs', url: 'https://docs.example.com' }),
  app(wiki, 'app.key-issued', { keyId: uuidOf('second key'), lookup: 'k1.second', prefix: 'sso_second' }),
  app(wiki, 'app.key-revoked', { keyId: uuidOf('first key'), effectiveAt: 4_000 }),
  app(wiki, 'app.deactivated'),
  app(wiki, 'app.reactivated'),
  app(chat, 'app.removed'),
  user('bob', 'user.app-unassigned', { appId: wiki, appNumber: 1 }),
  user('bob', 'user.app-unassigned', { appId: chat, appNumber: 2 }),
  robot('agent.created', {
    ...robotDetails,
    ...robotKey,
    workspaceId: null,
    createdBy: { kind: 'user', id: uuidOf('alice') },
    generation: 1,
  }),
  apiKey('apikey.issued', {
    holder: { kind: 'agent', id: uuidOf('robot') },
    issuedBy: { kind: 'user', id: uuidOf('alice') },
    name: 'ci',
    scopes: null,
    lookup: 'k1.ci',
    prefix: 'usso_sk_abcd',
    expiresAt: null,
  }),
  happened(streams.assertion('main', uuidOf('statement')), 'assertion.accepted', {
    agentId: uuidOf('robot'),
    purpose: 'token',
    audience: 'your-app',
    scopes: [],
    generation: 1,
    acceptedAt: 4_500,
    expiresAt: 4_600,
  }),
  robot('agent.changed', { ...robotDetails, scopes: [], generation: 2 }),
  robot('agent.key-replaced', { ...robotKey, keyId: 'b'.repeat(64), generation: 3 }),
  robot('agent.deactivated', { generation: 4 }),
  robot('agent.reactivated'),
  apiKey('apikey.revoked', { revokedAt: 5_000 }),
  robot('agent.removed', { generation: 5 }),
  user('bob', 'user.removed', { generation: 2, wasActive: true }),
  hook('webhook.created', { url: 'https://a.example', types: ['*'], secret: 'sealed', after: 'now' }),
  hook('webhook.changed', { url: 'https://b.example', types: ['user.*'] }),
  hook('webhook.paused'),
  hook('webhook.resumed'),
  hook('webhook.replay-requested', { replayId: uuidOf('replay'), after: 'start' }),
  hook('webhook.removed'),
  ...accessHistory,
];
