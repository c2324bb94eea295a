/** Privilege of each verb; higher implies lower. A verb that is not here has no level of its own. */
const levels: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['read', 10],
  ['create', 20],
  ['update', 30],
  ['write', 30],
  ['delete', 40],
  ['manage', 50],
  ['admin', 60],
  ['owner', 90],
  ['*', 90],
  ['superadmin', 100],
]);

const read = 10;
const manage = 50;

/** What a held verb gives. An unknown one, in whatever letter case, counts as read and no more. */
export function heldLevel(action: string): number {
  return levels.get(action) ?? read;
}

/**
 * What a needed verb takes. An unknown one takes manage, so that a verb invented later is never open to everybody
 * who may read; and nothing is open to those who hold `none`.
 */
export function neededLevel(action: string): number {
  return Math.max(levels.get(action) ?? manage, read);
}

/** `impersonate` means something to the service that asks for it: handing it on takes what it takes there. */
export function isKnownVerb(action: string): boolean {
  return levels.has(action);
}
