/**
 * Every error that crosses a process, as data: what it means, the HTTP status it becomes where a contract does not
 * say otherwise, and whether the same request may simply be sent again. Codes, never classes, cross the transport.
 *
 * Gateways are replaced after the services (docs/operations.md), so a code may not be in the table of whoever asks:
 * its row goes with it over the wire (`ReplyError.kind`), and is all that they go by.
 */
export interface ErrorCode {
  readonly status: number;
  readonly retry: 'no' | 'later' | 'now';
  readonly meaning: string;
}

export const errorCodes = {
  // The caller
  'caller.not-authenticated': {
    status: 401,
    retry: 'no',
    meaning: 'No credential was sent: an access token or API key goes into Authorization: Bearer <it>.',
  },
  'caller.bad-credential': { status: 401, retry: 'no', meaning: 'The credential is not valid, or no longer.' },
  'caller.not-permitted': { status: 403, retry: 'no', meaning: 'The caller lacks the scope or grant that this needs.' },
  'caller.foreign-audience': { status: 403, retry: 'no', meaning: 'The token was made for another app.' },
  'caller.foreign-origin': {
    status: 403,
    retry: 'no',
    meaning: 'A cookie counts only for requests that a page of this server makes.',
  },
  // The request
  'request.invalid': { status: 422, retry: 'no', meaning: 'The request does not have the shape of its contract.' },
  'request.idempotency-mismatch': {
    status: 422,
    retry: 'no',
    meaning: 'This Idempotency-Key was used with another body.',
  },
  'request.too-many-attempts': { status: 429, retry: 'later', meaning: 'Too many attempts; wait as Retry-After says.' },
  // The log as evidence
  'audit.bad-query': { status: 400, retry: 'no', meaning: 'A filter, a time, a position or a range makes no sense.' },
  'audit.not-sealed': { status: 404, retry: 'later', meaning: 'The event is not in a seal yet.' },
  'audit.unknown-subject': { status: 404, retry: 'no', meaning: 'Nothing is recorded about that subject.' },
  'person.not-erased': { status: 409, retry: 'later', meaning: 'The erasure of this person is not complete.' },
  // Users
  'user.unknown': { status: 404, retry: 'no', meaning: 'There is no such user.' },
  'user.username-taken': { status: 409, retry: 'no', meaning: 'The user name belongs to someone.' },
  'user.email-taken': { status: 409, retry: 'no', meaning: 'The address belongs to someone.' },
  'user.claim-lost': {
    status: 409,
    retry: 'now',
    meaning: 'The claim on a name was abandoned before it was complete.',
  },
  'user.username-invalid': { status: 422, retry: 'no', meaning: 'The user name breaks the rules for names.' },
  'user.email-invalid': { status: 422, retry: 'no', meaning: 'That is no e-mail address.' },
  'user.username-needs-change': { status: 422, retry: 'no', meaning: 'The user name is the old address; change both.' },
  'user.password-unacceptable': {
    status: 422,
    retry: 'no',
    meaning: 'The password breaks the policy; details say how.',
  },
  'user.last-administrator': {
    status: 409,
    retry: 'no',
    meaning: 'The last active administrator cannot be disabled, demoted, removed or left without a password.',
  },
  'user.own-erasure': {
    status: 409,
    retry: 'no',
    meaning: 'Nobody erases themselves: their access would end before they had the certificate. Ask somebody else.',
  },
  'user.phone-taken': { status: 409, retry: 'no', meaning: 'The phone number belongs to someone.' },
  'user.phone-invalid': { status: 422, retry: 'no', meaning: 'That is no phone number.' },
  'user.identifier-unknown': { status: 404, retry: 'no', meaning: 'The user has no such identifier.' },
  'user.last-identifier': { status: 409, retry: 'no', meaning: 'A user keeps one identifier at least.' },
  'user.too-large': {
    status: 409,
    retry: 'no',
    meaning: 'The user would hold more identifiers, roles, workspaces and scopes than one answer tells.',
  },
  'user.credential-unknown': { status: 404, retry: 'no', meaning: 'The user has no such credential.' },
  'user.wrong-password': { status: 400, retry: 'no', meaning: 'The old password is wrong.' },
  'user.credential-exists': {
    status: 409,
    retry: 'no',
    meaning: 'There is a password already; changing one’s own takes the old one.',
  },
  'user.profile-exists': { status: 409, retry: 'no', meaning: 'The user has a profile already.' },
  'user.self-registration-disabled': { status: 403, retry: 'no', meaning: 'Nobody may register by themselves here.' },
  // Apps
  'app.unknown': { status: 404, retry: 'no', meaning: 'There is no such app.' },
  'app.url-invalid': { status: 422, retry: 'no', meaning: 'The URL is not an http or https URL.' },
  'app.name-invalid': { status: 422, retry: 'no', meaning: 'The name of the app breaks the rules for names.' },
  // Agents and API keys; details of the invalid ones are `field` (as HTTP names it) and `reason`
  'agent.unknown': { status: 404, retry: 'no', meaning: 'There is no such agent.' },
  'agent.invalid': { status: 422, retry: 'no', meaning: 'A member of the agent breaks the rules.' },
  'agent.key-taken': { status: 409, retry: 'no', meaning: 'The public key belongs to another agent.' },
  'apikey.unknown': { status: 404, retry: 'no', meaning: 'There is no such API key.' },
  'apikey.invalid': { status: 422, retry: 'no', meaning: 'A member of the key breaks the rules.' },
  // Roles and workspaces; details of the invalid ones are `field` (as HTTP names it) and `reason`
  'role.unknown': { status: 404, retry: 'no', meaning: 'There is no such role.' },
  'role.slug-taken': { status: 409, retry: 'no', meaning: 'The slug belongs to another role.' },
  'role.claim-lost': {
    status: 409,
    retry: 'now',
    meaning: 'The claim on a slug was abandoned before it was complete.',
  },
  'role.invalid': { status: 422, retry: 'no', meaning: 'A member of the role breaks the rules.' },
  'workspace.unknown': { status: 404, retry: 'no', meaning: 'There is no such workspace.' },
  'workspace.slug-taken': { status: 409, retry: 'no', meaning: 'The slug belongs to another workspace.' },
  'workspace.claim-lost': {
    status: 409,
    retry: 'now',
    meaning: 'The claim on a slug was abandoned before it was complete.',
  },
  'workspace.invalid': { status: 422, retry: 'no', meaning: 'A member of the workspace breaks the rules.' },
  'workspace.member-unknown': { status: 404, retry: 'no', meaning: 'The user is not in that workspace.' },
  'grant.invalid': {
    status: 422,
    retry: 'no',
    meaning: 'There is no such role, scope or workspace to give; details name it.',
  },
  // Sign-in and sessions
  'signin.refused': { status: 401, retry: 'no', meaning: 'Name or password is wrong.' },
  'signin.not-administrator': {
    status: 403,
    retry: 'no',
    meaning: 'The password is right, but the user is no administrator.',
  },
  'session.evidence-refused': {
    status: 403,
    retry: 'no',
    meaning: 'The sign-in evidence is absent, old, used, foreign, or its ticket is wrong.',
  },
  'session.unknown': { status: 404, retry: 'no', meaning: 'There is no such session.' },
  'session.refresh-refused': {
    status: 401,
    retry: 'no',
    meaning: 'The refresh token is not valid, or its session has ended.',
  },
  'session.refresh-reused': {
    status: 401,
    retry: 'no',
    meaning: 'The refresh token had been replaced: its session has been ended.',
  },
  'signing.unavailable': {
    status: 503,
    retry: 'later',
    meaning: 'The issuer cannot confirm its signing keys just now.',
  },
  // Operations
  'projection.unknown': { status: 404, retry: 'no', meaning: 'There is no such projection.' },
  'projection.unknown-job': { status: 404, retry: 'no', meaning: 'There is no such rebuild.' },
  'projection.not-parked': { status: 404, retry: 'no', meaning: 'No such event waits.' },
  'operation.already-discarded': { status: 409, retry: 'no', meaning: 'The event was discarded for good.' },
  'webhook.unknown': { status: 404, retry: 'no', meaning: 'There is no such webhook.' },
  'webhook.url-refused': {
    status: 422,
    retry: 'no',
    meaning: 'Events cannot be sent there; details say why.',
  },
  'webhook.types-invalid': {
    status: 422,
    retry: 'no',
    meaning: 'Types are patterns as in user.*, user.registered or *.',
  },
  // Consistency and load
  'read.not-yet': { status: 503, retry: 'later', meaning: 'The read model has not passed the demanded position.' },
  'read.parked': {
    status: 503,
    retry: 'later',
    meaning: 'An event of this object could not be applied; an operator has to look.',
  },
  'log.changed': { status: 410, retry: 'no', meaning: 'The position is of another log.' },
  'log.unknown-position': {
    status: 400,
    retry: 'no',
    meaning: 'X-Evident-Min-Position, or where a webhook begins, is no position.',
  },
  'write.contended': { status: 503, retry: 'now', meaning: 'Too many writers at once; nothing was changed.' },
  'load.shed': { status: 503, retry: 'later', meaning: 'The service is at its limit; nothing was done.' },
  'deadline.passed': {
    status: 503,
    retry: 'now',
    meaning: 'No answer within the deadline; the outcome is unknown, repeat with the same command id.',
  },
  'service.unavailable': { status: 503, retry: 'later', meaning: 'A part of the service is away.' },
  'store.unavailable': { status: 503, retry: 'later', meaning: 'A store is away or full.' },
  'fault.internal': {
    status: 500,
    retry: 'no',
    meaning: 'A fault of ours; it is in the log under the correlation id.',
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type ErrorCodeName = keyof typeof errorCodes;

declare const ofNewerPeer: unique symbol;

/** A code that only a newer program has in its table. */
export type NewerCode = string & { readonly [ofNewerPeer]: true };

export function isErrorCode(code: string): code is ErrorCodeName {
  return Object.hasOwn(errorCodes, code);
}
