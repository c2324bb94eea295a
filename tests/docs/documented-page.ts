import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrintedHost } from '../clients/printed-host.ts';

const root = join(import.meta.dirname, '../..');

export interface Fence {
  readonly language: string;
  readonly text: string;
}

export function fencesOf(path: string): Fence[] {
  const page = readFileSync(join(root, path), 'utf8');
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

export function fence(path: string, language: string, containing: string): string {
  const found = fencesOf(path).find((one) => one.language === language && one.text.includes(containing));
  if (found === undefined) throw new Error(`${path} has no ${language} example with ${containing}`);
  return found.text;
}

/** An answer that is printed below an example. */
const answers = new Set(['json', 'text']);
const refusal = /"error":|^[45]\d\d$/m;

export interface RanExample {
  readonly text: string;
  readonly output: string;
  /** What the page prints below it, where it does. */
  readonly printed: string | undefined;
}

/**
 * Runs every shell example of a page, in order, in one shell and a directory of its own. An answer of 4xx or 5xx ends the
 * run, save where the page prints below that the example is refused.
 */
export async function runShellExamples(host: PrintedHost, path: string): Promise<RanExample[]> {
  const fences = fencesOf(path);
  const examples = fences.flatMap(({ language, text }, index) => {
    const next = fences[index + 1];
    const printed = next !== undefined && answers.has(next.language) ? next.text : undefined;
    return language === 'bash' ? [{ text, printed }] : [];
  });
  const mark = '@@@ next example @@@';
  const script = examples.map(({ text, printed = '' }) => {
    const strict = refusal.test(printed) ? 'unset -f curl' : 'curl() { command curl --fail-with-body "$@"; }';
    return `echo '${mark}'\n${strict}\n${text}`;
  });
  const cwd = mkdtempSync(join(tmpdir(), 'evident-docs-'));
  try {
    const { exitCode, output, errors } = await host.shell(script.join('\n'), { cwd });
    const outputs = output.split(`${mark}\n`).slice(1);
    if (exitCode !== 0) {
      throw new Error(
        `${path}, at\n${examples[outputs.length - 1]?.text}\nended with ${exitCode}:\n${outputs.at(-1)}${errors}`,
      );
    }
    return examples.map((example, index) => ({ ...example, output: outputs[index] ?? '' }));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** An answer without what differs from run to run. */
export function withoutValues(answer: string): string {
  return answer
    .trim()
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/usso_sk_[\w-]+/g, '<key>')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<time>');
}
