import { parseArgs } from 'node:util';

export interface CommandLine {
  readonly names: readonly string[];
  readonly mode: 'list' | 'run' | 'check' | 'update';
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
  --set name=value   a size of the program, as events=1000
`;

export function readCommandLine(args: readonly string[]): CommandLine {
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
    },
  });
  const mode = values.check ? 'check' : values.update ? 'update' : positionals.length > 0 ? 'run' : 'list';
  return {
    names: positionals,
    mode,
    rounds: positive('--rounds', values.rounds),
    ...(values.seconds === undefined ? {} : { seconds: positive('--seconds', values.seconds) }),
    isJson: values.json,
    isProfiled: values.profile,
    sizes: new Map(values.set.map(readSize)),
  };
}

function readSize(text: string): readonly [string, number] {
  const [name = '', value = ''] = text.split('=');
  return [name, positive(`--set ${name}`, value)];
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${name} is a number above 0, not ${JSON.stringify(text)}`);
  return value;
}
