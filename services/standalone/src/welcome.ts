export interface WelcomeFacts {
  /** Where it listens; the last one is shown in examples. */
  readonly urls: readonly string[];
  readonly dataDir: string;
  readonly username: string;
  readonly startedInMs: number;
}

/** What a person sees once the server is ready: where it is, where the data lies, and what to try next. */
export function welcome({ urls, dataDir, username, startedInMs }: WelcomeFacts): string {
  const url = urls.at(-1) ?? '';
  return `
  Evident is ready at ${urls.join(' and ')} (${startedInMs} ms)

  API and examples   ${url}/docs
  Data               ${dataDir}

  Try it, with the administrator's password:
    curl -s ${url}/token -d username=${username} --data-urlencode 'password=…'

  Stop it with Ctrl-C.

`;
}

/** Shown when the first administrator got a generated password, before anything else can happen to it. */
export function generatedPassword(username: string, password: string): string {
  return `
  First administrator   ${username}
  Password              ${password}

  It is shown this once. To set another: npx evident admin reset-password
`;
}
