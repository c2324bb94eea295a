import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ScriptSurroundings extends Pick<SpawnOptions, 'cwd'> {
  /** A folder of programs that a page calls by name, `evident` among them. */
  readonly programs: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command as a page prints it, a script of bash unless given. Gives what it said; rejects where it failed. */
export async function runScript(
  script: string,
  { programs, env, cwd }: ScriptSurroundings,
  [program = '', ...args]: readonly string[] = ['bash', '-e', '-c', script],
): Promise<string> {
  const path = `${programs}:${join(process.execPath, '..')}:${process.env.PATH}`;
  const child = spawn(program, args, { env: { PATH: path, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += String(text);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${output}`);
  return output;
}
