import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseConfiguredKey } from '@evident/crypto';
import type { WrappingKey } from '@evident/log';
import { isErrorWithCode, type KeySource, StartupProblem } from '@evident/runtime';

export type KeyVariable = 'MASTER_KEY' | 'DATA_KEY';

/** The key of a source, read without touching the file: the server tightens its mode, a check must not. */
export function readKey(source: KeySource, variable: KeyVariable): WrappingKey {
  if (source.from === 'environment') return { key: createSecretKey(source.key), origin: variable };
  return { key: createSecretKey(readKeyText(source.path, variable)), origin: source.path };
}

function readKeyText(path: string, variable: KeyVariable): Buffer {
  const remedy = `Put the file back from where its copy is kept, or give the same key in ${variable}. Without it nothing that it wraps can be opened.`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = isErrorWithCode(error) ? error.code : String(error);
    if (code === 'ENOENT') throw new StartupProblem(`There is no key file ${path}.`, remedy, { cause: error });
    throw new StartupProblem(`${path} cannot be read (${code}).`, 'Check who owns it and its mode (600).', {
      cause: error,
    });
  }
  const key = parseConfiguredKey(text);
  if (key !== undefined) return key;
  throw new StartupProblem(`${path} does not hold a key: expected the base64 of 32 bytes.`, remedy);
}
