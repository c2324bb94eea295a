import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { PrintedHost, RunOptions } from './printed-host.ts';
import { printedExample } from './printed-page.ts';

/** The one line that the printed sample leaves to its reader. */
const listening = '\napp.listen(0, "127.0.0.1", function () { console.log(this.address().port); });\n';

/** An Express app of this text, with the real express, jsonwebtoken and jwks-rsa; resolves with its URL. */
export async function startExpress(host: PrintedHost, text: string, options: RunOptions = {}): Promise<string> {
  const child = host.start(process.execPath, ['--input-type=commonjs', '-'], { ...options, input: text + listening });
  const errors: string[] = [];
  child.stderr?.on('data', (part) => errors.push(String(part)));
  if (child.stdout === null) throw new Error('no standard output');
  const lines = createInterface(child.stdout);
  const [port] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'close').then(() => Promise.reject(new Error(`the app ended: ${errors.join('')}`))),
  ])) as [string];
  return `http://127.0.0.1:${port}`;
}

export const expressSample = printedExample(/Express/, 'express');

export interface Seen {
  readonly status: number;
  readonly body: unknown;
}

export async function askProtected(url: string, authorization?: string): Promise<Seen> {
  const response = await fetch(`${url}/protected`, authorization === undefined ? {} : { headers: { authorization } });
  return { status: response.status, body: await response.json() };
}
