import { type Deployment, until } from '@evident/testing';
import { contradictionIn } from './described-answers.ts';

/** Whatever JSON.parse gives: specs look into it member by member and compare. */
export type Body = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  readonly body: Body;
}

export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as any client does. An answer that contradicts the server's own description of itself is an error. */
export async function call(deployment: Pick<Deployment, 'url'>, path: string, options: Call = {}): Promise<Answer> {
  const { token, json, form, headers } = options;
  const body = form === undefined ? (json === undefined ? null : JSON.stringify(json)) : new URLSearchParams(form);
  const method = options.method ?? (body === null ? 'GET' : 'POST');
  const response = await fetch(`${deployment.url}${path}`, {
    method,
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, body: text };
  const contradiction = await contradictionIn(deployment.url, { method, path }, answer);
  if (contradiction !== undefined) throw new Error(`${method} ${path} is not as /openapi.json says: ${contradiction}`);
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The claims of a token, unchecked. */
export function claimsIn(token: string): Body {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** An administrator's token, as `POST /token` gives it; asked for again where the machine had no time to hash. */
export function adminToken(deployment: Deployment): Promise<string> {
  const ask = async (): Promise<string | undefined> => {
    const { body, status } = await call(deployment, '/token', { form: deployment.administrator });
    if (status === 503) return undefined;
    if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
    return body.access_token;
  };
  return until(ask, { what: 'an administrator’s token' });
}
