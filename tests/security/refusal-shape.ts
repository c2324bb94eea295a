import { expect } from 'vitest';
import type { RawAnswer } from './raw-http.ts';

const evidentPaths = /^\/(health|ready|metrics|openapi\.json|docs|\.well-known\/jwks\.json)?\/?(\?|$)/;

const ussoPaths = /^\/api\/sso\/v1(\/|\?|$)/;

/**
 * A 4xx in the shape of the contract that the path belongs to (api/asf.md, api/usso.md, api/evident.md), which repeats nothing that
 * was sent.
 */
export function expectRefusal(answer: RawAnswer, path: string, what: string): void {
  const { status, body, headers } = answer;
  const type = headers.get('content-type');
  const expected = (shape: object, ofType: string) =>
    // Softly, so that one run shows every case that fails.
    expect.soft({ what, status, type, json: JSON.parse(body) }).toEqual({ what, status, type: ofType, json: shape });
  expect.soft({ what, refused: status >= 400 && status < 500, status }).toEqual({ what, refused: true, status });
  if (evidentPaths.test(path)) {
    const text = expect.any(String);
    expected({ type: text, title: text, status, detail: text, code: text }, 'application/problem+json');
    return;
  }
  const problem = { loc: expect.any(Array), msg: expect.any(String), type: expect.any(String) };
  const parsed = JSON.parse(body) as { readonly detail?: unknown };
  const { detail } = parsed;
  const isList = status === 422 && Array.isArray(detail) && detail.length > 0;
  const text = expect.any(String);
  const more = ussoPaths.test(path) ? { error: text, code: text, error_code: text, message: { en: text } } : {};
  const missing = status === 403 && 'missing' in parsed ? { missing: text } : {};
  expected(
    { ...more, ...missing, detail: isList ? detail.map(() => problem) : expect.any(String) },
    'application/json; charset=utf-8',
  );
  expect.soft({ what, status, isList }).toEqual({ what, status, isList: status === 422 });
}

/** Text that a refusal must not repeat: part of every hostile value that has room for it. */
export const canary = 'CanaryThatNoAnswerMayRepeat';
