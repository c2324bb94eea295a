import { EvidentError } from './errors.ts';

export interface HttpOptions {
  /** Where Evident answers: `https://sso.example.com`. */
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds for one answer; default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const usualTimeoutMs = 10_000;

/** One request, its answer read as JSON. Throws `EvidentError` `unavailable` where there is none, or a 5xx. */
export async function askJson(path: string, init: RequestInit, options: HttpOptions): Promise<JsonAnswer> {
  const { url, fetch = globalThis.fetch, timeoutMs = usualTimeoutMs, signal } = options;
  const late = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(new URL(path, withSlash(url)), {
      ...init,
      redirect: 'error',
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    text = await response.text();
  } catch (cause) {
    throw new EvidentError('unavailable', `Evident at ${url} does not answer`, { cause });
  }
  const { status, headers } = response;
  if (status >= 500)
    throw new EvidentError('unavailable', `Evident answered ${status}`, { status, ...retryOf(headers) });
  return { status, headers, body: parsed(text, status) };
}

export function retryOf(headers: Headers): { readonly retryAfterSeconds?: number } {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
}

/** What a refusal says, as the problem it is (RFC 9457). */
export function refusal({ status, headers, body }: JsonAnswer): EvidentError {
  const { code, detail } = (body ?? {}) as { readonly code?: unknown; readonly detail?: unknown };
  const message = textIn(detail) ?? `Evident answered ${status}`;
  return new EvidentError(typeof code === 'string' ? code : 'refused', message, { status, ...retryOf(headers) });
}

/** What is wrong, as text or as the list of `{loc, msg}` that a 422 has. */
function textIn(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return typeof detail === 'string' ? detail : undefined;
  return detail.map((each) => `${[each?.loc].flat().join('.')}: ${each?.msg}`).join('; ');
}

function parsed(text: string, status: number): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new EvidentError('unexpected', 'what answered is not Evident', { status, cause });
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
