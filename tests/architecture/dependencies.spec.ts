import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageOf, readSourceFiles } from './source-files.ts';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const rooms = globSync('{libs,services}/*/package.json', { cwd: root }).map((path) =>
  path.replace('/package.json', ''),
);
const shipped = readSourceFiles().filter(({ isSpec, zone }) => !isSpec && zone !== 'contract' && zone !== 'golden');

/** Packages that are loaded by their name in a text, where no import shows it. */
const loadedByName: Readonly<Record<string, readonly string[]>> = {
  // Where standard output is a terminal.
  'libs/runtime': ['pino-pretty'],
  // By Nest itself, to make a microservice.
  'libs/service': ['@nestjs/microservices'],
  'services/standalone': ['@nestjs/microservices'],
};

function importedBy(room: string): ReadonlySet<string> {
  const names = shipped
    .filter((file) => file.room === room)
    .flatMap(({ imports }) => imports.map(({ specifier }) => packageOf(specifier)));
  return new Set(names.filter((name) => !name.startsWith('.') && name !== 'node:'));
}

function requiredPeers(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const path = `node_modules/${name}/package.json`;
    if (!existsSync(join(root, path))) return [];
    const { peerDependencies = {}, peerDependenciesMeta = {} }: Manifest = read(path);
    return Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
  });
}

describe('the package.json of a room', () => {
  it.each(rooms)('names what the room imports: %s', (room) => {
    const { name, dependencies = {}, peerDependencies = {} }: Manifest = read(`${room}/package.json`);
    const named = new Set([name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    // What only specs use of `testing` comes with the specs.
    const missing = [...importedBy(room)].filter((each) => !named.has(each) && room !== 'libs/testing');
    expect(missing).toEqual([]);
  });

  it.each(rooms)('names nothing that the room does without: %s', (room) => {
    const { dependencies = {} }: Manifest = read(`${room}/package.json`);
    const names = Object.keys(dependencies);
    const needed = new Set([...importedBy(room), ...requiredPeers(names), ...(loadedByName[room] ?? [])]);
    expect(names.filter((each) => !needed.has(each))).toEqual([]);
  });
});

describe('the tsconfig.json of a room', () => {
  it.each(rooms)('refers to exactly the rooms that it depends on: %s', (room) => {
    const { dependencies = {} }: Manifest = read(`${room}/package.json`);
    const own = Object.keys(dependencies).filter((name) => name.startsWith('@evident/'));
    const { references = [] } = read(`${room}/tsconfig.json`);
    const referred = references.map(({ path }: { readonly path: string }) => `@evident/${path.split('/').at(-1)}`);
    expect(referred.toSorted()).toEqual(own.toSorted());
  });
});

it('tsconfig.json and tsconfig.specs.json refer to every room', () => {
  for (const path of ['tsconfig.json', 'tsconfig.specs.json']) {
    const { references } = read(path);
    const referred = references.map((reference: { readonly path: string }) => reference.path);
    expect(referred.toSorted(), path).toEqual(rooms.toSorted());
  }
});
