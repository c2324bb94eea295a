import { ReadModelFault } from './read-model-fault.ts';

/** The generation of rows that a group begins with. */
export const firstGeneration = 'blue';
/** Those in which a group is built anew: the first of them that is free. */
export const rebuiltIn = [firstGeneration, 'green', 'amber'] as const;
/** That in which rows are built to be compared. */
export const comparedIn = 'verify';

/** The name under which a group is kept beside the one that serves. */
export function besideGroup(group: string, generation: string): string {
  if (!/^[a-z]{1,16}$/.test(generation)) throw new ReadModelFault('misuse', `not a generation: ${generation}`);
  return `${group}+${generation}`;
}

export function isBeside(name: string): boolean {
  return name.includes('+');
}

/** Of the names that are kept those of groups of one generation; undefined: of those that serve. */
export function groupsOf(names: readonly string[], generation: string | undefined): readonly string[] {
  if (generation === undefined) return names.filter((name) => !isBeside(name));
  const end = besideGroup('', generation);
  return names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length));
}
