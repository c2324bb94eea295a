import { canary } from './refusal-shape.ts';

/** Whole bodies that no route takes. */
export const badBodies: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['nothing', ''],
  ['white space', ' \n '],
  ['an unfinished object', `{"username":"${canary}`],
  ['a missing value', '{"username":}'],
  ['single quotes', `{'username':'${canary}'}`],
  ['a trailing comma', '{"username":"a",}'],
  ['a comment', '{/* */"username":"a"}'],
  ['NaN', '{"username":NaN}'],
  ['a byte order mark and nothing', '\ufeff'],
  ['two values', '{}{}'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1e400'],
  ['a text', `"${canary}"`],
  ['a list', '[]'],
  ['a list of objects', `[{"username":"${canary}"}]`],
  ['an object of nothing known', `{"$where":"${canary}","__proto__":{"username":"a"},"constructor":{"prototype":{}}}`],
  ['deep objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['deep lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['brackets that never close', '['.repeat(60_000)],
  ['more than 64 KiB', JSON.stringify({ username: 'a', filler: canary.repeat(3_000) })],
  ['bytes that are no UTF-8', Buffer.from('{"username":"\xff\xfe"}', 'latin1')],
  ['an overlong encoding of NUL', Buffer.from('{"username":"\xc0\x80"}', 'latin1')],
  ['UTF-16', Buffer.from('{"username":"a"}', 'utf16le')],
];

const operators = [
  ['an operator', '{"$gt":""}'],
  ['an operator that negates', '{"$ne":null}'],
  ['an operator of code', `{"$where":"${canary}"}`],
  ['a pattern', '{"$regex":".*"}'],
  ['a prototype', '{"__proto__":{"length":1}}'],
] as const;

const texts = [
  ['a NUL', `"a\\u0000${canary}"`],
  ['a lone high surrogate', `"a\\ud800${canary}"`],
  ['a lone low surrogate', `"\\udc00${canary}"`],
  ['10,000 characters', `"${canary}${'a'.repeat(10_000)}"`],
  ['10,000 characters outside the basic plane', `"${'\\ud83d\\ude00'.repeat(5_000)}"`],
  ['an empty text', '""'],
] as const;

const notTexts = [
  ['a number', '12'],
  ['zero', '0'],
  ['true', 'true'],
  ['false', 'false'],
] as const;

const notFlags = [
  ['a text', `"${canary}"`],
  ['a text that looks right', '"true"'],
  ['a number', '1'],
] as const;

const notCounts = [
  ['a text', `"${canary}"`],
  ['a text that looks right', '"1"'],
  ['a fraction', '1.5'],
  ['less than nothing', '-1'],
  ['too many', '604801'],
  ['more than there are', '1e400'],
  ['true', 'true'],
] as const;

const notLists = [
  ['a text', `"${canary}"`],
  ['a number', '1'],
  ['true', 'true'],
  ['a list of numbers', '[1]'],
  ['a list of lists', '[["a"]]'],
  ['a list with a NUL', '["a\\u0000"]'],
  ['more than there may be', JSON.stringify(Array.from({ length: 1_000 }, () => 'a'))],
] as const;

export type Kind = 'string' | 'number' | 'boolean' | 'list';

export function kindOf(good: unknown): Kind {
  if (Array.isArray(good)) return 'list';
  return typeof good === 'boolean' || typeof good === 'number' ? (typeof good as Kind) : 'string';
}

/** JSON that is wrong for a member whose good values are of this kind. */
export function badValues(type: Kind): readonly (readonly [what: string, json: string])[] {
  const everywhere = [...operators, ['null', 'null'], ['a list', '["a"]'], ['an empty list', '[]']] as const;
  if (type === 'list') return [...operators, ['null', 'null'], ...notLists];
  if (type === 'boolean') return [...everywhere, ...notFlags];
  if (type === 'number') return [...everywhere, ...notCounts];
  return [...everywhere, ...notTexts, ...texts];
}

/** Percent-encoded as they stand in a path. None of them is the id of anything. */
export const oddIds: readonly string[] = [
  '0',
  '-1',
  '-0',
  '1.0',
  '1e0',
  '0x1',
  '+1',
  '%201',
  '1%20',
  '1%0a',
  '%EF%BC%91',
  '%D9%A1',
  '99999999999999999999',
  '9007199254740993',
  '2147483648',
  '9'.repeat(5_000),
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
  '%00',
  '1%00',
  "1'%20OR%20'1'='1",
  '1;drop%20table%20users',
  '%7B%22%24gt%22%3A%22%22%7D',
  '%5Bobject%20Object%5D',
  '..%2f..%2f1',
  '%252e%252e',
  '__proto__',
  'constructor',
  '%F0%9F%98%80',
  '%ed%a0%80',
  '%ff',
  '00000000-0000-4000-8000-000000000000',
];

export const badQueries: readonly string[] = [
  'skip=-1',
  'skip=a',
  'skip=1.5',
  'skip=1e3',
  'skip=',
  'skip=99999999999999999999',
  'skip=0x10',
  'limit=0',
  'limit=-1',
  'limit=1001',
  'limit=99999999999999999999',
  'limit=NaN',
  'limit=%00',
  'limit=1&limit=2',
  'is_active=maybe',
  'is_active=',
  'is_active=2',
  'is_active=true&is_active=false',
  'q=a&q=b',
  'q=%00',
  `q=${'a'.repeat(10_000)}`,
];

/** For lists that take `offset` and `limit`, or `page` and `limit`. More than the largest limit is no mistake there. */
export const badPages: readonly string[] = [
  'offset=-1',
  'offset=a',
  'offset=1e3',
  'offset=',
  'limit=0',
  'limit=-1',
  'limit=NaN',
  'limit=1.5',
  'limit=%00',
  'limit=1&limit=2',
  'page=0',
  'page=-1',
  'page=x',
  'page=1&page=2',
];
