import type { ErrorCodeName } from '@evident/contracts';

/** How an error code is answered on the ASF contract: a text in `detail`, or a problem with a part of the request. */
export type AsfError =
  | { readonly status: number; readonly detail: string; readonly header?: 'retry-after' }
  | { readonly status: 422; readonly loc: readonly string[]; readonly msg: string };

const unavailable = { status: 503, detail: 'Service temporarily unavailable', header: 'retry-after' } as const;
const notPermitted = { status: 403, detail: 'Not enough permissions' } as const;
const wrongPassword = { status: 401, detail: 'Incorrect username or password' } as const;

/** Every code there is; the compiler asks for a row when one is added. */
export const asfErrors = {
  'caller.not-authenticated': { status: 401, detail: 'Not authenticated' },
  'caller.bad-credential': { status: 401, detail: 'Could not validate credentials' },
  'caller.not-permitted': notPermitted,
  'caller.foreign-audience': notPermitted,
  'caller.foreign-origin': notPermitted,
  'request.invalid': { status: 422, loc: ['body'], msg: 'Value is not acceptable' },
  'request.idempotency-mismatch': {
    status: 422,
    loc: ['header', 'Idempotency-Key'],
    msg: 'This key was used with another request',
  },
  'request.too-many-attempts': {
    status: 429,
    detail: 'Too many attempts, try again later',
    header: 'retry-after',
  },
  'audit.bad-query': { status: 400, detail: 'The filter, time, position or range makes no sense' },
  'audit.not-sealed': { status: 404, detail: 'The event is not in a seal yet', header: 'retry-after' },
  'audit.unknown-subject': { status: 404, detail: 'Nothing is recorded about that subject' },
  'person.not-erased': { status: 409, detail: 'The erasure of this person is not complete' },
  'user.unknown': { status: 404, detail: 'User not found' },
  'user.username-taken': { status: 409, detail: 'Username already registered' },
  'user.email-taken': { status: 409, detail: 'Email already registered' },
  'user.claim-lost': { status: 409, detail: 'The registration was overtaken by another, try again' },
  'user.username-invalid': { status: 422, loc: ['body', 'username'], msg: 'Username is not acceptable' },
  'user.email-invalid': { status: 422, loc: ['body', 'email'], msg: 'Email is not a valid address' },
  'user.username-needs-change': {
    status: 422,
    loc: ['body', 'username'],
    msg: 'The username is the old email address; change both together',
  },
  'user.password-unacceptable': { status: 422, loc: ['body', 'password'], msg: 'Password is not acceptable' },
  'user.last-administrator': {
    status: 409,
    detail: 'The last active administrator cannot be disabled, demoted or removed',
  },
  'user.own-erasure': { status: 409, detail: 'Nobody can erase themselves' },
  'user.phone-taken': { status: 409, detail: 'Phone number already registered' },
  'user.phone-invalid': { status: 422, loc: ['body'], msg: 'Phone number is not acceptable' },
  'user.identifier-unknown': { status: 404, detail: 'Identifier not found' },
  'user.last-identifier': { status: 409, detail: 'The last identifier cannot be removed' },
  'user.too-large': { status: 409, detail: 'The user holds as much as can be shown' },
  'user.credential-unknown': { status: 404, detail: 'Credential not found' },
  'user.wrong-password': { status: 400, detail: 'The old password is wrong' },
  'user.credential-exists': { status: 409, detail: 'The user has a password already' },
  'user.profile-exists': { status: 409, detail: 'The user has a profile already' },
  'user.self-registration-disabled': notPermitted,
  'app.unknown': { status: 404, detail: 'App not found' },
  'app.url-invalid': { status: 422, loc: ['body', 'url'], msg: 'Input should be an http or https URL' },
  'app.name-invalid': { status: 422, loc: ['body', 'name'], msg: 'Name is not acceptable' },
  // Agents and API keys have no routes here.
  'agent.unknown': { status: 404, detail: 'Agent not found' },
  'agent.invalid': { status: 422, loc: ['body'], msg: 'Value is not acceptable' },
  'agent.key-taken': { status: 409, detail: 'The public key belongs to another agent' },
  'apikey.unknown': { status: 404, detail: 'API key not found' },
  'apikey.invalid': { status: 422, loc: ['body'], msg: 'Value is not acceptable' },
  // Roles and workspaces have no routes here.
  'role.unknown': { status: 404, detail: 'Role not found' },
  'role.slug-taken': { status: 409, detail: 'Slug already taken' },
  'role.claim-lost': { status: 409, detail: 'The request was overtaken by another, try again' },
  'role.invalid': { status: 422, loc: ['body'], msg: 'Role is not acceptable' },
  'workspace.unknown': { status: 404, detail: 'Workspace not found' },
  'workspace.slug-taken': { status: 409, detail: 'Slug already taken' },
  'workspace.claim-lost': { status: 409, detail: 'The request was overtaken by another, try again' },
  'workspace.invalid': { status: 422, loc: ['body'], msg: 'Workspace is not acceptable' },
  'workspace.member-unknown': { status: 404, detail: 'Member not found' },
  'grant.invalid': { status: 422, loc: ['body'], msg: 'There is nothing of that name to give' },
  'signin.refused': wrongPassword,
  'signin.not-administrator': { status: 403, detail: 'Not an administrator' },
  // The user was disabled or changed between sign-in and session: at /token that reads as a wrong password.
  'session.evidence-refused': wrongPassword,
  // Only the other contract refreshes and lists sessions.
  'session.unknown': { status: 404, detail: 'Not found' },
  'session.refresh-refused': wrongPassword,
  'session.refresh-reused': wrongPassword,
  'signing.unavailable': unavailable,
  // Of Evident's own routes; no route of this contract meets them.
  'projection.unknown': { status: 404, detail: 'Projection not found' },
  'projection.unknown-job': { status: 404, detail: 'Rebuild not found' },
  'projection.not-parked': { status: 404, detail: 'Parked event not found' },
  'operation.already-discarded': { status: 409, detail: 'The event was discarded for good' },
  'webhook.unknown': { status: 404, detail: 'Webhook not found' },
  'webhook.url-refused': { status: 422, loc: ['body', 'url'], msg: 'Events cannot be sent there' },
  'webhook.types-invalid': { status: 422, loc: ['body', 'types'], msg: 'Types are patterns' },
  'read.not-yet': { status: 503, detail: 'Not yet at the position asked for', header: 'retry-after' },
  'read.parked': {
    status: 503,
    detail: 'This object cannot be read until an operator has looked at it',
    header: 'retry-after',
  },
  'log.changed': { status: 410, detail: 'The position is of another log' },
  'log.unknown-position': { status: 400, detail: 'X-Evident-Min-Position is not a position' },
  'write.contended': unavailable,
  'load.shed': unavailable,
  'deadline.passed': unavailable,
  'service.unavailable': unavailable,
  'store.unavailable': unavailable,
  'fault.internal': { status: 500, detail: 'Internal Server Error' },
} as const satisfies Readonly<Record<ErrorCodeName, AsfError>>;
