import { type Command, Option } from 'commander';
import { tokenIn } from '../audit/audit-source.ts';
import { askServer, type ServerRequest } from '../audit/remote-audit.ts';
import { type AnswerOptions, withJson } from '../cli/store-options.ts';
import type { Terminal } from '../cli/terminal.ts';

/** Of a command that only a server that runs can carry out. */
export interface ServerOptions extends AnswerOptions {
  readonly url: string;
}

export function withServer(command: Command): Command {
  return withJson(command).addOption(
    new Option('--url <url>', 'the server, asked with the token in EVIDENT_TOKEN')
      .env('EVIDENT_URL')
      .default('http://localhost:8001'),
  );
}

/** Asks the server as `askServer` does. `otherwise`: what may be done without a token. */
export async function ask<Answer>(
  { url }: ServerOptions,
  { env }: Pick<Terminal, 'env'>,
  path: string,
  { otherwise = '', ...request }: ServerRequest<Answer> & { readonly otherwise?: string },
): Promise<Answer> {
  return askServer(url, tokenIn(env, otherwise), path, request);
}
