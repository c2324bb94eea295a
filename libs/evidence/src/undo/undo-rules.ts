import type { AgentState, AppState, RoleState, WebhookState, WorkspaceState } from '@evident/domain';
import type { JsonObject } from '@evident/event-store';
import { cannot, consequence, type Field, field, making, type UndoRule, type UndoRules } from './undo-rule.ts';
import { userRules } from './user-rules.ts';

const forGood = 'It is for ever.';
const credential = 'A credential cannot be given back: issue a new one.';

/** Members that one event sets together, and one command brings back. */
function details<State>(
  read: (state: State) => JsonObject,
  command: (id: string, value: JsonObject, now: State) => { readonly name: string; readonly request: JsonObject },
): Field<State> {
  return { name: 'details', read, restore: (id, value, now) => command(id, value as JsonObject, now) };
}

const appDetails = details<AppState>(
  ({ name, url }) => ({ name, url }),
  (_id, value, { number }) => ({ name: 'change-app', request: { id: number, ...value } }),
);
const appActivity: Field<AppState> = {
  name: 'isActive',
  read: ({ isActive }) => isActive,
  restore: (_id, isActive, { number }) => ({ name: 'change-app', request: { id: number, isActive } }),
};
const roleDetails = details<RoleState>(
  ({ name, description, scopes, isActive }) => ({ name, description, scopes, isActive }),
  (uid, value) => ({ name: 'change-role', request: { uid, ...value } }),
);
const workspaceDetails = details<WorkspaceState>(
  ({ name, description, logoUrl, settings, isActive }) => ({ name, description, logoUrl, settings, isActive }),
  (uid, { logoUrl, ...value }) => ({
    name: 'change-workspace',
    request: { uid, ...value, ...(logoUrl === null ? undefined : { logoUrl: logoUrl ?? '' }) },
  }),
);
const agentDetails = details<AgentState>(
  ({ name, description, scopes }) => ({ name, description, scopes }),
  (uid, value) => ({ name: 'change-agent', request: { uid, ...value } }),
);
const agentActivity: Field<AgentState> = {
  name: 'isActive',
  read: ({ isActive }) => isActive,
  restore: (uid, isActive) => ({ name: 'change-agent', request: { uid, isActive } }),
};
const webhookDetails = details<WebhookState>(
  ({ url, types }) => ({ url, types }),
  (id, value) => ({ name: 'change-webhook', request: { id, ...value } }),
);
const webhookPause: Field<WebhookState> = {
  name: 'paused',
  read: ({ paused }) => paused,
  restore: (id, paused) => ({ name: paused === true ? 'pause-webhook' : 'resume-webhook', request: { id } }),
};

/** What an undo does about each type of event (published in docs/audit.md). A type without a rule cannot be undone. */
export const undoRules: UndoRules = {
  ...userRules,
  'app.registered': making((_id, { number }: AppState) => ({ name: 'remove-app', request: { id: number } })),
  'app.changed': field(() => appDetails),
  'app.key-issued': cannot(credential),
  'app.key-revoked': cannot(credential),
  'app.deactivated': field(() => appActivity),
  'app.reactivated': field(() => appActivity),
  'app.removed': cannot(forGood),
  'role.defined': making((uid) => ({ name: 'remove-role', request: { uid } })),
  'role.changed': field(() => roleDetails),
  'role.retired': cannot(forGood),
  'role.claim-abandoned': consequence,
  'workspace.created': making((uid) => ({ name: 'remove-workspace', request: { uid } })),
  'workspace.changed': field(() => workspaceDetails),
  'workspace.removed': cannot(forGood),
  'workspace.claim-abandoned': consequence,
  'agent.created': making((uid) => ({ name: 'remove-agent', request: { uid } })),
  'agent.changed': field(() => agentDetails),
  'agent.key-replaced': cannot(credential),
  'agent.deactivated': field(() => agentActivity),
  'agent.reactivated': field(() => agentActivity),
  'agent.removed': cannot(forGood),
  'agentkey.claimed': consequence,
  'apikey.issued': cannot(credential),
  'apikey.revoked': cannot(credential),
  'assertion.accepted': consequence,
  'webhook.created': making((id) => ({ name: 'remove-webhook', request: { id } })),
  'webhook.changed': field(() => webhookDetails),
  'webhook.paused': field(() => webhookPause),
  'webhook.resumed': field(() => webhookPause),
  'webhook.replay-requested': cannot('What was sent cannot be called back.'),
  'webhook.removed': cannot(forGood),
  'session.opened': cannot('Nobody is signed in again by an undo: end the session instead.'),
  'session.refreshed': consequence,
  'session.reuse-detected': consequence,
  'session.revoked': cannot('A session that has ended cannot go on: sign in again.'),
  'signin.succeeded': cannot('It was an attempt, and it was made.'),
  'signin.failed': cannot('It was an attempt, and it was made.'),
  'signin.throttled': cannot('It was an attempt, and it was made.'),
  'reservation.claimed': consequence,
  'reservation.released': consequence,
  'number.allocated': consequence,
  'roster.granted': consequence,
  'roster.suspended': consequence,
  'roster.revoked': consequence,
  'roster.owner-claimed': consequence,
  'signingkey.created': cannot(credential),
  'signingkey.promoted': cannot('What a key has signed counts: rotate the keys instead.'),
  'signingkey.extended': consequence,
  'signingkey.retired': cannot(forGood),
  'keyring.key-added': cannot(credential),
  'keyring.rewrapped': cannot(credential),
  'projection.retry-requested': cannot('It was done when it was asked for.'),
  'projection.event-discarded': cannot(forGood),
  'projection.rebuild-requested': cannot('It was done when it was asked for.'),
  'erasure.requested': cannot(forGood),
  'erasure.completed': cannot(forGood),
  'log.sealed': cannot(forGood),
  'signin.expired': cannot(forGood),
};

export function undoRuleOf(type: string): UndoRule {
  return undoRules[type] ?? cannot('This program does not know how.');
}
