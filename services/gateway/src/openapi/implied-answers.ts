import { type DocumentedAnswer, type Endpoint, isRead } from '../http/endpoint.ts';
import type { HttpContract } from '../http/http-contract.ts';

const position = { 'X-Evident-Position': 'Where a position was asked for: how far the answer would have known.' };
const retry = { 'Retry-After': 'Seconds to wait.' };

const challenge = { 'WWW-Authenticate': 'Bearer; with `error` where a token or key was sent (RFC 6750).' };
const lackingScope = {
  'WWW-Authenticate': 'Where a scope is missing: Bearer with `insufficient_scope`, and the scope.',
};
const retryWhere = { 'Retry-After': 'Where the same may succeed later: seconds to wait.' };
/** What refusals of these have, whoever names them. */
const refusalHeaders: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: challenge,
  409: retryWhere,
  429: retry,
};

const written = { 'X-Evident-Position': 'Of a write: where its last event stands in the log.' };

/** Every answer of a route, as its row says it or as it follows from what the route is. */
export function answersOf(endpoint: Endpoint, contract: HttpContract): Record<number, DocumentedAnswer> {
  const { access, answers } = endpoint;
  const all: Record<number, DocumentedAnswer> = { ...impliedAnswers(endpoint, contract), ...answers };
  for (const [status, headers] of Object.entries(refusalHeaders)) {
    const answer = all[Number(status)];
    if (answer !== undefined) all[Number(status)] = { ...answer, headers: { ...headers, ...answer.headers } };
  }
  if (access === 'public' || isRead(endpoint)) return all;
  for (const [status, answer] of Object.entries(answers))
    if (Number(status) < 300) all[Number(status)] = { ...answer, headers: { ...written, ...answer.headers } };
  return all;
}

/** What a route can answer because of what it is, so that its row need not say it. */
function impliedAnswers(endpoint: Endpoint, contract: HttpContract): Record<number, DocumentedAnswer> {
  const { access, rule, always, method, params, query, body } = endpoint;
  const { badParameter = 422 } = contract;
  if (always === true) return {};
  const isProtected = access === 'bearer';
  const invalid = { means: 'The request is not valid; `detail` says where and why.', shape: contract.invalidShape };
  // A write takes an Idempotency-Key, which may be malformed.
  const hasParameters = params !== undefined || query !== undefined || (isProtected && !isRead(endpoint));
  return {
    ...(hasParameters ? { [badParameter]: invalid } : {}),
    ...(isProtected
      ? {
          400: {
            means: `X-Evident-Min-Position is not a position${badParameter === 400 ? ', or the request is not valid' : ''}.`,
          },
          410: { means: 'The position is of another log.' },
        }
      : {}),
    ...(isProtected
      ? {
          401: { means: 'No credential, a bad one, or one that has ended.' },
          403: {
            means: rule.includes(':') ? `The caller lacks \`${rule}\`.` : 'The credential does not count here.',
            headers: lackingScope,
          },
        }
      : {}),
    ...(method === 'GET' ? {} : { 413: { means: 'The body is larger than 64 KiB.' } }),
    ...(body === undefined ? {} : { 422: invalid }),
    429: { means: 'This address sends too many requests that are refused.' },
    500: { means: 'A fault of ours; the log has it under the request id.' },
    503: {
      means: isProtected
        ? 'Overloaded, a part is away, or not yet at the position asked for.'
        : 'Overloaded, or a part is away.',
      headers: isProtected ? { ...retry, ...position } : retry,
    },
  };
}
