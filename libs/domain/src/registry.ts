import { agentEvents, agentKeyClaimed } from './agent/events.ts';
import { apiKeyEvents } from './api-key/events.ts';
import { appEvents } from './app/events.ts';
import { assertionEvents } from './assertion/events.ts';
import { erasureEvents } from './erasure/events.ts';
import { EventRegistry } from './event-registry.ts';
import { keyringEvents } from './keyring/events.ts';
import { numberSequenceEvents } from './number-sequence/events.ts';
import { operationEvents } from './operation/events.ts';
import { reservationEvents } from './reservation/events.ts';
import { retentionEvents } from './retention/events.ts';
import { roleEvents } from './role/events.ts';
import { rosterEvents } from './roster/events.ts';
import { sealEvents } from './seal/events.ts';
import { sessionEvents } from './session/events.ts';
import { signInEvents } from './sign-in/events.ts';
import { signingKeyEvents } from './signing-key/events.ts';
import { userEvents } from './user/events.ts';
import { webhookEvents } from './webhook/events.ts';
import { workspaceEvents } from './workspace/events.ts';

/** Every event that Evident stores. */
export const eventRegistry = new EventRegistry([
  ...userEvents,
  ...appEvents,
  ...roleEvents,
  ...workspaceEvents,
  ...reservationEvents,
  ...rosterEvents,
  ...numberSequenceEvents,
  ...signInEvents,
  ...sessionEvents,
  ...signingKeyEvents,
  ...keyringEvents,
  ...operationEvents,
  ...sealEvents,
  ...retentionEvents,
  ...erasureEvents,
  ...agentEvents,
  agentKeyClaimed,
  ...apiKeyEvents,
  ...assertionEvents,
  ...webhookEvents,
]);
