import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type Python =
  | { readonly path: string; readonly version: string; readonly missing?: undefined }
  | { readonly missing: string };

const inRepository = join(import.meta.dirname, '../../.venv/bin/python');
/** Python before 3.11 gets an old version of the package, of which nothing is promised. */
const question = `
import sys
assert sys.version_info >= (3, 11), "Python 3.11 is needed"
import fastapi, requests, uvicorn
from importlib.metadata import version
print(version("usso"))
`;

/** The Python with the `usso` package: `USSO_PYTHON`, or the environment that `.ci/run` makes; else why there is none. */
export function findPython(): Python {
  const path = process.env.USSO_PYTHON ?? inRepository;
  if (!existsSync(path)) return { missing: `no Python at ${path}; .ci/run makes one, or name one in USSO_PYTHON` };
  try {
    const version = execFileSync(path, ['-c', question], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return { path, version: version.trim() };
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const reason = stderr?.trim().split('\n').at(-1) ?? String(error);
    return { missing: `${path} cannot import usso, fastapi, uvicorn and requests: ${reason}` };
  }
}
