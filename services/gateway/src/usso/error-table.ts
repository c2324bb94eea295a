import { type ErrorCodeName, errorCodes } from '@evident/contracts';

/** How an error is answered on the USSO contract. */
export interface UssoError {
  readonly status: number;
  /** In snake case, as its SDKs know it (reference/usso.md 2.0). */
  readonly code: string;
  /** For people; where absent, the meaning of the code. */
  readonly detail?: string;
  /** Of a 422: the part of the request that is not acceptable. The service that decided may name another. */
  readonly loc?: readonly string[];
}

/** What a status is called where a code has no name of its own. */
const codesOfStatus: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'permission_denied',
  404: 'resource_not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'resource_conflict',
  410: 'resource_gone',
  413: 'request_too_large',
  422: 'validation_error',
  429: 'too_many_requests',
  431: 'headers_too_large',
  500: 'internal_server_error',
  503: 'service_unavailable',
};

/** Codes that this contract answers in words of its own; every other one is named by its status and says what it means. */
const ownWords: { readonly [Code in ErrorCodeName]?: Partial<UssoError> } = {
  'caller.not-authenticated': { detail: 'Not authenticated' },
  'caller.bad-credential': { code: 'invalid_token', detail: 'The token or key is not valid, or no longer' },
  'request.invalid': { loc: ['body'] },
  'request.idempotency-mismatch': { loc: ['header', 'Idempotency-Key'] },
  'user.unknown': { detail: 'User not found' },
  'user.username-taken': { code: 'identifier_exists', detail: 'The identifier belongs to someone' },
  'user.email-taken': { code: 'identifier_exists', detail: 'The identifier belongs to someone' },
  'user.phone-taken': { code: 'identifier_exists', detail: 'The identifier belongs to someone' },
  'user.phone-invalid': { loc: ['body', 'identifier'] },
  'user.profile-exists': { code: 'resource_already_exists' },
  'user.credential-exists': { code: 'resource_already_exists' },
  'user.wrong-password': { code: 'wrong_password' },
  'user.self-registration-disabled': { code: 'self_registration_disabled' },
  'user.username-invalid': { loc: ['body', 'identifier'] },
  'user.email-invalid': { loc: ['body', 'identifier'] },
  'user.password-unacceptable': { loc: ['body', 'secret'] },
  'role.unknown': { detail: 'Role not found' },
  'role.slug-taken': { code: 'resource_already_exists' },
  'workspace.unknown': { detail: 'Workspace not found' },
  'workspace.slug-taken': { code: 'resource_already_exists' },
  'signin.refused': { code: 'invalid_credentials', detail: 'Identifier or secret is wrong' },
  'agent.unknown': { detail: 'Agent not found' },
  'agent.key-taken': { code: 'resource_already_exists' },
  'apikey.unknown': { detail: 'API key not found' },
  'session.unknown': { detail: 'Session not found' },
  'session.refresh-refused': { code: 'invalid_refresh_token' },
  'session.refresh-reused': { code: 'refresh_token_reused' },
  // The user was disabled or changed between sign-in and session, which reads as a wrong secret.
  'session.evidence-refused': { status: 401, code: 'invalid_credentials', detail: 'Identifier or secret is wrong' },
};

export function ussoError(code: ErrorCodeName): UssoError {
  const own = ownWords[code] ?? {};
  const status = own.status ?? errorCodes[code].status;
  return { detail: errorCodes[code].meaning, ...own, status, code: own.code ?? codeOfStatus(status) };
}

export function codeOfStatus(status: number): string {
  return codesOfStatus[status] ?? 'error';
}
