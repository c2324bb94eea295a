import { parseArgs } from 'node:util';

export interface CommandLine {
  readonly names: readonly string[];
  readonly mode: 'help' | 'list' | 'run' | 'check' | 'update';
  readonly rounds: number;
  readonly seconds?: number;
  readonly isJson: boolean;
  readonly isProfiled: boolean;
  readonly sizes: ReadonlyMap<string, number>;
}

export const usage = `npm run bench                      the programs
npm run bench -- <name>…           run them, one after the other
npm run bench -- --check [name…]   run, and fail where a ratio fell below bench/baseline.json by more than its noise
npm run bench -- --update [name…]  run, and write the ratios into bench/baseline.json

  --rounds <n>       interleaved rounds that count, after one that warms up (5)
  --seconds <n>      of each measurement in a round (3; some programs need longer)
  --json             JSON on standard output, tables on standard error
  --profile          also write processor profiles of what is measured, and say where the time goes
  --set name=number  a size of the program, as events=1000
  --help             this
`;

/** What is to be done, or in one line what makes no sense about the arguments. */
export function readCommandLine(args: readonly string[]): CommandLine | string {
  try {
    return parsed(args);
  } catch (error) {
    if (!(error instanceof RangeError || isOfParseArgs(error))) throw error;
    const [problem = ''] = error.message.split(/\. |\.?\n/);
    return `${problem}; npm run bench -- --help lists the options`;
  }
}

function parsed(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    names: positionals,
    mode: values.help ? 'help' : modeOf(values, positionals),
    rounds: wholePositive('--rounds', values.rounds),
    ...(values.seconds === undefined ? {} : { seconds: positive('--seconds', values.seconds) }),
    isJson: values.json,
    isProfiled: values.profile,
    sizes: new Map(values.set.map(readSize)),
  };
}

function modeOf(
  { check, update }: { readonly check: boolean; readonly update: boolean },
  names: readonly string[],
): CommandLine['mode'] {
  if (check && update) throw new RangeError('give --check or --update, not both');
  if (check) return 'check';
  if (update) return 'update';
  return names.length > 0 ? 'run' : 'list';
}

function readSize(text: string): readonly [string, number] {
  const [, name = '', value] = /^([^=]+)=(\S+)$/.exec(text) ?? [];
  if (Number(value) >= 0) return [name, Number(value)];
  throw new RangeError(`--set is name=number, not ${JSON.stringify(text)}`);
}

function wholePositive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${name} is a whole number above 0, not ${JSON.stringify(text)}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${name} is a number above 0, not ${JSON.stringify(text)}`);
  return value;
}

function isOfParseArgs(error: unknown): error is Error {
  const { code } = error as { readonly code?: unknown };
  return error instanceof TypeError && String(code).startsWith('ERR_PARSE_ARGS');
}
