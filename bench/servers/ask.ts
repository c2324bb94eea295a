import { setTimeout as pause } from 'node:timers/promises';

export interface Question {
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** One request that has to succeed, as for what a measurement needs before it begins; its parsed answer. */
export async function ask(url: string, path: string, { token, json, form }: Question = {}) {
  const body = form === undefined ? (json === undefined ? null : JSON.stringify(json)) : new URLSearchParams(form);
  const headers = {
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const method = body === null ? 'GET' : 'POST';
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${url}${path}`, { method, headers, body });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    // A machine that others use as well is at times too slow, and says so.
    if (response.status !== 503 || attempt === 20) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    await pause(1_000);
  }
}
