import { type Command, InvalidArgumentError } from 'commander';
import { type AnswerOptions, type SourceOptions, withJson, withSource } from '../../cli/store-options.ts';

export interface AskOptions extends SourceOptions, AnswerOptions {}

/** Of a command that asks a server by its URL or else the stores themselves. */
export function withAuditSource(command: Command): Command {
  return withJson(withSource(command));
}

/** A stretch of the log. */
export function withRange(command: Command): Command {
  return command
    .option('--from <moment>', 'from this time (2026-01-25T12:00:00Z) or position on, inclusive')
    .option('--to <moment>', 'up to this time or position, inclusive');
}

export function pageSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw new InvalidArgumentError('Write a number from 1 to 1000.');
}
