import { join } from 'node:path';
import type { PrintedHost, RunOptions } from './printed-host.ts';
import { printedExample } from './printed-page.ts';

/** The three printed imports name things that no version of the package has; these are what they mean. */
const imports = `from usso import UserData
from usso.config import AuthConfig as JWTConfig
from usso.integrations.fastapi import USSOAuthentication as get_authenticator
`;

/** The printed sample with imports that exist, and with the indentation that the stored page has lost. */
export const fastApiSample = indented(printedExample(/FastAPI/, 'fastapi').replace(/^(?:from usso\..*\n)+/m, imports));

function indented(text: string): string {
  return text.replace(
    /^(def .*:\n)([\s\S]*)$/m,
    (_, head: string, body: string) => head + body.replace(/^(?=.)/gm, '    '),
  );
}

const runner = join(import.meta.dirname, 'python/fastapi_app.py');

/** Serves an app of this text; resolves with its URL. */
export function startFastApi(
  host: PrintedHost,
  python: string,
  text: string,
  options: RunOptions = {},
): Promise<string> {
  const env = { APP_FILE: host.write('app.py', text), ...options.env };
  return host.serve(python, [runner], { ...options, env });
}
