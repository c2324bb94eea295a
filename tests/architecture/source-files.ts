import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** A TypeScript file of the repository, with the part of the design that it belongs to. */
export interface SourceFile {
  /** From the root, with slashes: `libs/domain/src/user/decide.ts`. */
  readonly path: string;
  /** `libs/domain` or `services/gateway`. */
  readonly room: string;
  /** `src`, `adapters/embedded`, `contract`, `bin`. */
  readonly zone: string;
  /** A spec, or what only specs import (`*.fixture.ts`). */
  readonly isSpec: boolean;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g;

/** Those of libraries and services, unless others are asked for. */
export function readSourceFiles(
  patterns: readonly string[] = ['libs/*/**/*.ts', 'services/*/**/*.ts'],
): readonly SourceFile[] {
  return globSync([...patterns], {
    cwd: root,
    exclude: ['**/dist/**', '**/node_modules/**'],
  })
    .map((path) => path.replaceAll('\\', '/'))
    .map(readSourceFile);
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const [top = '', name = '', zone = '', adapter = ''] = path.split('/');
  const statements = [...text.matchAll(statement)].map((match) => ({
    specifier: match[2] ?? '',
    typeOnly: match[1] !== undefined,
  }));
  const dynamics = [...text.matchAll(dynamic)].map((match) => ({ specifier: match[1] ?? '', typeOnly: false }));
  return {
    path,
    room: `${top}/${name}`,
    zone: zone === 'adapters' ? `${zone}/${adapter}` : zone,
    isSpec: zone === 'spec' || /\.(?:spec|fixture)\.ts$/.test(path),
    lines: text.split('\n').length,
    imports: [...statements, ...dynamics],
  };
}

/** The file that a relative import means, from the root. */
export function resolveRelative(file: SourceFile, specifier: string): string {
  return normalize(join(dirname(file.path), specifier)).replaceAll('\\', '/');
}

/** `@evident/domain` of `@evident/domain/x`; `zod` of `zod/v4`; `node:` for built-ins. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
