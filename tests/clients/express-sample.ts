import type { PrintedHost, RunOptions } from './printed-host.ts';
import { printedExample } from './printed-page.ts';

export const expressSample = printedExample(/Express/, 'express');

/** The one line that the printed sample leaves to its reader. */
const listening = '\napp.listen(0, "127.0.0.1", function () { console.log(this.address().port); });\n';

/** An Express app of this text, with the real express, jsonwebtoken and jwks-rsa; resolves with its URL. */
export function startExpress(host: PrintedHost, text: string, options: RunOptions = {}): Promise<string> {
  return host.serve(process.execPath, ['--input-type=commonjs', '-'], { ...options, input: text + listening });
}

export interface Seen {
  readonly status: number;
  readonly body: unknown;
}

/** Asks an app with these headers. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const response = await fetch(`${url}/protected`, { headers });
  return { status: response.status, body: await response.json() };
}
