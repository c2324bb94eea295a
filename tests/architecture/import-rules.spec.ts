import { describe, expect, it } from 'vitest';
import { importRules, nestFiles } from './import-rules.ts';
import { packageOf, readSourceFiles, resolveRelative, type SourceFile } from './source-files.ts';

const all = readSourceFiles();
const sources = all.filter((file) => !file.isSpec && file.zone !== 'golden');
const names = new Set(all.map((file) => file.path));

describe('import rules', () => {
  it('has a rule for every room', () => {
    const rooms = new Set(sources.map((file) => file.room));
    expect([...rooms].filter((room) => importRules[room] === undefined)).toEqual([]);
  });

  it('finds imports at all', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((file) => file.imports).length).toBeGreaterThan(sources.length);
  });

  it('imports only what the table allows each room', () => {
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it('gives the gateway the part of crypto that verifies, and no more', () => {
    const gateway = sources.filter((file) => file.room === 'services/gateway');
    const taken = gateway.flatMap((file) => file.imports.map(({ specifier }) => specifier));
    expect(
      taken.filter((specifier) => specifier.startsWith('@evident/crypto') && specifier !== '@evident/crypto/verify'),
    ).toEqual([]);
  });

  it('names Nest only at the rim of a service', () => {
    const inside = sources.filter((file) => file.room.startsWith('services/') && !nestFiles.test(file.path));
    expect(
      inside
        .filter((file) => file.imports.some(({ specifier }) => specifier.startsWith('@nestjs/')))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('never reaches into another package by a relative path', () => {
    const leaving = sources.flatMap((file) => relatives(file).filter((target) => !target.startsWith(`${file.room}/`)));
    expect(leaving).toEqual([]);
  });

  it('keeps adapters apart from each other, and ports apart from adapters', () => {
    const crossing = sources.flatMap((file) =>
      relatives(file)
        .filter((target) => {
          const zone = /\/(adapters\/[^/]+)\//.exec(target)?.[1];
          return zone !== undefined && zone !== file.zone && file.zone !== 'contract';
        })
        .map((target) => `${file.path} → ${target}`),
    );
    expect(crossing).toEqual([]);
  });

  it('keeps specs, contract suites and testing out of what runs', () => {
    const shipped = sources.filter((file) => file.zone !== 'contract' && file.room !== 'libs/testing');
    const leaks = shipped.flatMap((file) =>
      file.imports
        .map(({ specifier }) => specifier)
        .filter((specifier) => /^@evident\/testing|\/contract(\/|$)|^vitest$|\.(?:spec|fixture)\.ts$/.test(specifier))
        .map((specifier) => `${file.path} → ${specifier}`),
    );
    expect(leaks).toEqual([]);
  });

  it('resolves every relative import to a file', () => {
    const broken = all.flatMap((file) =>
      relatives(file).filter((target) => target.endsWith('.ts') && !names.has(target)),
    );
    expect(broken).toEqual([]);
  });

  it('has no cycle among files at run time', () => {
    expect(cycles(sources)).toEqual([]);
  });
});

function forbiddenImports(file: SourceFile): string[] {
  const rule = importRules[`${file.room}/${file.zone}`] ?? importRules[file.room] ?? { evident: [], packages: [] };
  const own = `@evident/${file.room.split('/')[1]}`;
  return file.imports
    .map(({ specifier }) => specifier)
    .filter((specifier) => !specifier.startsWith('.'))
    .filter((specifier) => {
      const name = packageOf(specifier);
      if (name === own) return true;
      return name.startsWith('@evident/')
        ? !rule.evident.includes(name.slice('@evident/'.length))
        : !rule.packages.includes(name);
    })
    .map((specifier) => `${file.path} → ${specifier}`);
}

function relatives(file: SourceFile): string[] {
  return file.imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => resolveRelative(file, specifier));
}

/** Each cycle once, as the path that closes it. Type-only imports vanish at run time and may point back. */
function cycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => resolveRelative(file, specifier)),
    ]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const seen = trail.indexOf(path);
    if (seen >= 0) found.push([...trail.slice(seen), path].join(' → '));
    if (seen >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}
