import type { AuditAnswers } from '@evident/identity-projection';
import { CliProblem } from '../cli/failure.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The same questions, asked of a server over HTTP (api/evident.md). */
export function remoteAudit(url: string, token: string): AuditAnswers {
  const get = (path: string, query: Query = {}) => askServer(url, token, path, query);
  const about = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;
  const answers: { readonly [Name in keyof AuditAnswers]: (request: never) => Promise<unknown> } = {
    readEvents: (request: Query) => get('/events', request),
    auditEvents: ({ types, ...request }: Query) => get('/audit/events', { ...request, type: types }),
    auditHistory: async ({ subject }: { subject: string }) => {
      const history = (await get(about('/audit/history', subject))) as object;
      return { ...history, next: null };
    },
    auditState: ({ subject, ...request }: Query) => get(about('/audit/state', String(subject)), request),
    auditDiff: ({ subject, ...request }: Query) => get(about('/audit/diff', String(subject)), request),
    auditAccess: (request: Query) => get('/audit/access', request),
    listSeals: (request: Query) => get('/audit/log/seals', request),
    proveEvent: ({ eventId }: Query) => get(about('/audit/log/proof', String(eventId))),
    auditSignIns: (request: Query) => get('/audit/sign-ins', request),
  };
  return answers as unknown as AuditAnswers;
}

export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly status?: number;
}

export interface ServerRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** Milliseconds until a question counts as not answered. What is to be carried out may take long, and is waited for. */
  readonly patienceMs?: number;
}

/** Asks once; a refusal is thrown in the words of the server. */
export async function askServer(
  url: string,
  token: string,
  path: string,
  query: Query,
  { method = 'GET', body, patienceMs = 60_000 }: ServerRequest = {},
): Promise<unknown> {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, String(value)]));
  requireServerUrl(url);
  const target = `${url.replace(/\/+$/, '')}${path}${parameters.length === 0 ? '' : `?${search}`}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
      ...(method === 'GET' ? { signal: AbortSignal.timeout(patienceMs) } : undefined),
    });
    text = await response.text();
  } catch (error) {
    throw new CliProblem(`${url} does not answer.`, 'Check --url, and that the server runs.', { cause: error });
  }
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (response.ok && answer === undefined && text !== '') throw notEvident(url);
  if (response.ok) return answer;
  const { detail, title } = (answer ?? {}) as Problem;
  const said = detail ?? title;
  // Evident says why it refuses; a proxy in front of it may not, where it is away or asked too often.
  if (said === undefined && response.status < 500 && remedies[response.status] !== again)
    throw notEvident(url, response.status);
  throw new CliProblem(
    `The server answered ${response.status}: ${said ?? 'nothing that can be read'}`,
    remedies[response.status] ?? 'Correct what was asked for; --help shows what is possible.',
  );
}

/** Something else stands at that URL: what it answered is nothing that this server would. */
export function notEvident(url: string, status?: number): CliProblem {
  return new CliProblem(
    `What answers at ${url} is not Evident${status === undefined ? '' : ` (${status})`}.`,
    'Check --url.',
  );
}

/** It is not shown: a password may stand in it. */
function requireServerUrl(url: string): void {
  const { protocol = '', username = '', password = '' } = URL.parse(url) ?? {};
  if (/^https?:$/.test(protocol) && username === '' && password === '') return;
  throw new CliProblem(
    'What --url or EVIDENT_URL says is no URL of a server.',
    'Write it with its scheme, for example https://sso.example.com, and without a user name.',
  );
}

const again = 'Wait a moment, then run the command again.';
const remedies: Readonly<Record<number, string>> = {
  401: 'Set EVIDENT_TOKEN to a token that is valid now.',
  403: 'Use a token of somebody who holds that scope.',
  410: 'The log was restored or replaced: begin anew without a position.',
  429: again,
  500: 'What went wrong stands in the log of the server.',
  502: again,
  503: again,
  504: again,
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
