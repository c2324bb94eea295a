import type { DocumentedAnswer, Endpoint } from '../http/endpoint.ts';
import type { HttpContract } from '../http/http-contract.ts';

const position = { 'X-Evident-Position': 'How far the answer would have known.' };
const retry = { 'Retry-After': 'Seconds to wait.' };

/** What a route can answer because of what it is, so that its row need not say it. */
export function impliedAnswers(endpoint: Endpoint, contract: HttpContract): Record<number, DocumentedAnswer> {
  const { access, rule, always, method, params, query, body } = endpoint;
  if (always === true) return {};
  const isProtected = access === 'bearer';
  const isProtectedRead = isProtected && method === 'GET';
  const hasInput = params !== undefined || query !== undefined || body !== undefined;
  return {
    ...(isProtectedRead
      ? {
          400: { means: 'X-Evident-Min-Position is not a position.' },
          410: { means: 'The position is of another log.' },
        }
      : {}),
    ...(isProtected
      ? {
          401: {
            means: 'No credential, a bad one, or one that has ended.',
            headers: { 'WWW-Authenticate': 'Bearer.' },
          },
          403: { means: rule.includes(':') ? `The caller lacks \`${rule}\`.` : 'The credential does not count here.' },
        }
      : {}),
    ...(body === undefined ? {} : { 413: { means: 'The body is larger than 64 KiB.' } }),
    ...(hasInput || (isProtected && method !== 'GET')
      ? { 422: { means: 'The request is not valid; `detail` says where and why.', shape: contract.invalidShape } }
      : {}),
    429: { means: 'This address sends too many requests that are refused.', headers: retry },
    500: { means: 'A fault of ours; the log has it under the request id.' },
    503: {
      means: isProtectedRead
        ? 'Overloaded, a part is away, or not yet at the position asked for.'
        : 'Overloaded, or a part is away.',
      headers: isProtectedRead ? { ...retry, ...position } : retry,
    },
  };
}
