import { resolveRelative, type SourceFile } from './source-files.ts';

/** Files that lead back to themselves by their relative imports, types included; each group of them sorted. */
export function importCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  return circlesIn(new Map(files.map((file) => [file.path, relativeImports(file)])));
}

/**
 * Folders beside each other that lead back to themselves by what lies in them, at whatever depth. What a file beside a
 * folder imports from it, or gives to it, counts for neither: it puts together what the folders hold.
 */
export function folderCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const targets = new Map<string, string[]>();
  for (const file of files) {
    for (const imported of relativeImports(file)) {
      const [from, to] = foldersThatPart(file.path, imported);
      if (from === undefined || to === undefined) continue;
      targets.set(from, [...(targets.get(from) ?? []), to]);
    }
  }
  return circlesIn(targets);
}

/** Where the ways to two files part: the folder of each there; undefined of one that is no deeper. */
function foldersThatPart(one: string, other: string): readonly (string | undefined)[] {
  const [parts, others] = [one.split('/'), other.split('/')];
  const common = parts.findIndex((part, depth) => part !== others[depth]);
  const folder = (path: readonly string[]) =>
    common >= 0 && path.length > common + 1 ? path.slice(0, common + 1).join('/') : undefined;
  return [folder(parts), folder(others)];
}

function circlesIn(targets: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reached = new Map([...targets.keys()].map((each) => [each, reachedFrom(each, targets)]));
  const inCircles = [...targets.keys()].filter((each) => reached.get(each)?.has(each));
  const circles = inCircles.map((each) =>
    inCircles.filter((other) => reached.get(each)?.has(other) && reached.get(other)?.has(each)).toSorted(),
  );
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

function relativeImports(file: SourceFile): readonly string[] {
  const relative = file.imports.map(({ specifier }) => specifier).filter((specifier) => specifier.startsWith('.'));
  return relative.map((specifier) => resolveRelative(file, specifier));
}

function reachedFrom(path: string, targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [...(targets.get(path) ?? [])];
  for (let each = next.pop(); each !== undefined; each = next.pop()) {
    if (reached.has(each)) continue;
    reached.add(each);
    next.push(...(targets.get(each) ?? []));
  }
  return reached;
}
