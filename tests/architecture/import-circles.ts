import { resolveRelative, type SourceFile } from './source-files.ts';

/** Files that lead back to themselves by their relative imports, types included; each group of them sorted. */
export function importCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const targets = new Map(files.map((file) => [file.path, relativeImports(file)]));
  const reached = new Map(files.map(({ path }) => [path, reachedFrom(path, targets)]));
  const inCircles = files.map(({ path }) => path).filter((path) => reached.get(path)?.has(path));
  const circles = inCircles.map((path) =>
    inCircles.filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)).toSorted(),
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
