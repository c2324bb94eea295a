import { type Glob, globMatches, parseGlob } from './glob.ts';

/** Members of an object that a scope may be narrowed to. A filter on anything else matches nothing. */
export const filterKeys = ['tenant_id', 'workspace_id', 'user_id', 'owner_id', 'uid'] as const;
export type FilterKey = (typeof filterKeys)[number];

/** `[action ":"] path ["?" key=value ("&" key=value)*]`, taken apart. */
export interface Scope {
  /** The verb; `read` where the text names none. */
  readonly action: string;
  /** Segments of the path, at least one. */
  readonly path: readonly Pattern[];
  /** The first value of each key; an id that answers show with a prefix is without it here. */
  readonly filters: Filters;
}

/** What an object must say of itself, by member. */
export type Filters = ReadonlyMap<string, Pattern>;

const wildcard = /[*?[]/;

/** A shell pattern as it was written. It is read when it is first looked at, which most never are. */
export class Pattern {
  readonly text: string;
  #glob: Glob | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get glob(): Glob {
    this.#glob ??= parseGlob(this.text);
    return this.#glob;
  }

  /** Whether it stands for itself alone, as far as the text tells without being read. */
  get isLiteral(): boolean {
    return !wildcard.test(this.text);
  }

  matches(text: string): boolean {
    return this.isLiteral ? this.text === text : globMatches(this.glob, text);
  }
}

export type ParsedScope =
  | { readonly ok: true; readonly scope: Scope }
  | { readonly ok: false; readonly reason: string };

const longest = 512;
const unspeakable = /[\s\p{C}]/u;

/**
 * Reads a scope. The verb is the text before the first colon that comes before any `?`; later colons belong to the
 * path. An empty segment, or no path at all, is `*`. A filter without a value is an error, since dropping it would
 * make the scope wider than its text.
 */
export function parseScope(text: string): ParsedScope {
  if (text === '') return refuse('is empty');
  if (text.length > longest) return refuse(`is longer than ${longest} characters`);
  if (unspeakable.test(text)) return refuse('holds a space or a character that cannot be printed');
  const question = text.indexOf('?');
  const filters = parseFilters(question < 0 ? '*' : text.slice(question + 1));
  if (filters === undefined) return refuse('has a filter that is not key=value');
  return { ok: true, scope: { ...parseHead(text), filters } };
}

/** What a scope is about, without its filters and without asking whether it can be read as a whole. */
export function parseHead(text: string): Pick<Scope, 'action' | 'path'> {
  const question = text.indexOf('?');
  const head = question < 0 ? text : text.slice(0, question);
  const colon = head.indexOf(':');
  const action = head.slice(0, Math.max(colon, 0));
  return { action: action === '' ? 'read' : action, path: parsePath(head.slice(colon + 1)) };
}

export function parsePath(path: string): readonly Pattern[] {
  return path.split('/').map((part) => new Pattern(part === '' ? '*' : part));
}

/** A bare `*` stands for no filter. */
function parseFilters(query: string): Filters | undefined {
  const filters = new Map<string, Pattern>();
  if (query === '*') return filters;
  for (const pair of query.split('&')) {
    const [key, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)].map(decode);
    if (!pair.includes('=') || key === undefined || value === undefined || key === '' || value === '') return undefined;
    if (!filters.has(key)) filters.set(key, new Pattern(withoutPrefix(key, value)));
  }
  return filters;
}

/**
 * How the ids of answers begin, of what each key may name. Whoever writes a scope copies the id that they were shown,
 * and it would match nothing: objects know themselves by the bare uuid.
 */
const idPrefixes: ReadonlyMap<string, readonly string[]> = new Map<FilterKey, readonly string[]>([
  ['workspace_id', ['ws_']],
  ['user_id', ['user:', 'service:']],
  ['owner_id', ['user:', 'service:']],
  ['uid', ['user:', 'service:', 'ws_', 'role_', 'key_', 'session:']],
]);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function withoutPrefix(key: string, value: string): string {
  const prefix = idPrefixes.get(key)?.find((start) => value.startsWith(start));
  const bare = value.slice(prefix?.length ?? 0);
  return uuid.test(bare) ? bare : value;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function refuse(reason: string): ParsedScope {
  return { ok: false, reason };
}
