import {
  auditAccess,
  auditDiff,
  auditEvents,
  auditHistory,
  auditSignIns,
  auditState,
  listSeals,
  proveEvent,
  readEvents,
} from '@evident/contracts';
import type { AuditAnswers } from '@evident/identity-projection';
import { CliProblem } from '../cli/failure.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The same questions, asked of a server over HTTP (api/evident.md). */
export function remoteAudit(url: string, token: string): AuditAnswers {
  const get = <Answer>(shape: AnswerShape<Answer>, path: string, query: Query = {}) =>
    askServer(url, token, path, { shape, query });
  const about = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;
  const answers: { readonly [Name in keyof AuditAnswers]: (request: never) => Promise<unknown> } = {
    readEvents: (request: Query) => get(readEvents.value, '/events', request),
    auditEvents: ({ types, ...request }: Query) => get(auditEvents.value, '/audit/events', { ...request, type: types }),
    auditHistory: async ({ subject }: { subject: string }) => {
      const history = await get(wholeHistory, about('/audit/history', subject));
      return { ...history, next: null };
    },
    auditState: ({ subject, ...request }: Query) =>
      get(auditState.value, about('/audit/state', String(subject)), request),
    auditDiff: ({ subject, ...request }: Query) => get(auditDiff.value, about('/audit/diff', String(subject)), request),
    auditAccess: (request: Query) => get(auditAccess.value, '/audit/access', request),
    listSeals: (request: Query) => get(listSeals.value, '/audit/log/seals', request),
    proveEvent: ({ eventId }: Query) => get(proveEvent.value, about('/audit/log/proof', String(eventId))),
    auditSignIns: (request: Query) => get(signInsOfAnyAge, '/audit/sign-ins', request),
  };
  return answers as unknown as AuditAnswers;
}

const wholeHistory = auditHistory.value.omit({ next: true });
/** A server that is too old tells nothing of attempts that have expired. */
const signInsOfAnyAge = auditSignIns.value.partial({ expiredBefore: true });

/** What is read of a refusal (RFC 9457), where it is one of Evident's. */
interface Problem {
  readonly title?: unknown;
  readonly detail?: unknown;
}

/** A schema of the contracts: says whether an answer is of its shape. */
export interface AnswerShape<Answer> {
  safeParse(answer: unknown): { readonly success: boolean; readonly data?: Answer | undefined };
}

/** Of what has nothing to say where it was done. */
export const noAnswer: AnswerShape<undefined> = { safeParse: (answer) => ({ success: answer === undefined }) };

export interface ServerRequest<Answer> {
  /** What Evident answers. */
  readonly shape: AnswerShape<Answer>;
  readonly method?: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** Milliseconds until a question counts as not answered. What is to be carried out may take long, and is waited for. */
  readonly patienceMs?: number;
}

/**
 * Asks once; a refusal is thrown in the words of the server. What it answers comes as it is, with members that only a newer
 * server knows; what has not the shape is the answer of something else, and is thrown as such.
 */
export async function askServer<Answer>(
  url: string,
  token: string,
  path: string,
  { shape, method = 'GET', query = {}, body, patienceMs = 60_000 }: ServerRequest<Answer>,
): Promise<Answer> {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, String(value)]));
  requireServerUrl(url);
  const target = `${url.replace(/\/+$/, '')}${path}${parameters.length === 0 ? '' : `?${search}`}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, {
      method,
      // A command that is sent on arrives as a question, or without its token.
      redirect: 'manual',
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
  if (response.ok) {
    if ((answer === undefined && text !== '') || !shape.safeParse(answer).success) throw notEvident(url);
    return answer as Answer;
  }
  const location = response.headers.get('location');
  if (response.status < 400 && location !== null)
    throw new CliProblem(`${url} sends on to ${location}.`, "Give the server's own URL with --url.");
  const { detail, title } = (answer ?? {}) as Problem;
  const said = [detail, title].find((text) => typeof text === 'string');
  // Evident says why it refuses; a proxy in front of it may not, where it is away or asked too often.
  if (said === undefined && response.status < 500 && remedies[response.status] !== again)
    throw notEvident(url, response.status);
  throw new CliProblem(
    `The server answered ${response.status}: ${said ?? 'nothing that can be read'}`,
    remedies[response.status] ?? 'Correct what was asked for; --help shows what is possible.',
  );
}

/** Something else stands at that URL: what it answered is nothing that this server would. `status`: where it refused. */
function notEvident(url: string, status?: number): CliProblem {
  return new CliProblem(
    `What answers at ${url} is not Evident${status === undefined ? ', or one of another version' : ` (${status})`}.`,
    'Check --url.',
  );
}

/** It is not shown: a password may stand in it. */
function requireServerUrl(url: string): void {
  const { protocol = '', username = '', password = '', search = '', hash = '' } = URL.parse(url) ?? {};
  if (/^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '') return;
  throw new CliProblem(
    'What --url or EVIDENT_URL says is no URL of a server.',
    'Write it with its scheme, for example https://sso.example.com, and without a user name or a query.',
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
