import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One form in which a text could lie somewhere. */
export interface Needle {
  readonly form: string;
  readonly bytes: Buffer;
}

/** Letters are taken as they come and folded, since names are compared folded. */
export interface NeedleOptions {
  readonly folded?: boolean;
  /** Also its digests, which would let whoever finds them try guesses. */
  readonly digests?: boolean;
}

/** The text as it is, encoded, escaped, and as whatever could be turned back into it. */
export function needlesOf(text: string, { folded = false, digests = false }: NeedleOptions = {}): Needle[] {
  const spellings = new Set([text, text.normalize('NFC'), text.normalize('NFD'), text.normalize('NFKC')]);
  if (folded) for (const spelling of [...spellings]) spellings.add(spelling.toLowerCase()).add(spelling.toUpperCase());
  const needles = [...spellings].flatMap(formsOf);
  if (digests) needles.push(...[...spellings].flatMap(digestsOf));
  const unique = new Map(needles.map((needle) => [needle.bytes.toString('latin1'), needle]));
  // What is shorter than this stands by chance in any large file.
  return [...unique.values()].filter(({ bytes }) => bytes.length >= 8);
}

function formsOf(text: string): Needle[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = [...text].map((one) => one.charCodeAt(0)).every((code) => code < 128);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const unicode = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;
  return [
    { form: 'UTF-8', bytes: utf8 },
    { form: 'UTF-16LE', bytes: utf16 },
    { form: 'UTF-16BE', bytes: Buffer.from(utf16).swap16() },
    ...(ascii ? [] : [{ form: 'Latin-1', bytes: Buffer.from(text, 'latin1') }]),
    { form: 'hexadecimal', bytes: Buffer.from(utf8.toString('hex')) },
    { form: 'HEXADECIMAL', bytes: Buffer.from(utf8.toString('hex').toUpperCase()) },
    { form: 'URL-encoded', bytes: Buffer.from(encodeURIComponent(text)) },
    { form: 'form-encoded', bytes: Buffer.from(new URLSearchParams({ x: text }).toString().slice(2)) },
    { form: 'JSON', bytes: Buffer.from(escaped) },
    { form: 'JSON in JSON', bytes: Buffer.from(JSON.stringify(escaped).slice(1, -1)) },
    {
      form: 'ASCII JSON',
      bytes: Buffer.from(units.map((code) => (code < 128 ? String.fromCharCode(code) : unicode(code))).join('')),
    },
    { form: 'escaped JSON', bytes: Buffer.from(units.map(unicode).join('')) },
    ...base64Of('base64 of UTF-8', utf8),
    ...base64Of('base64 of UTF-16LE', utf16),
  ];
}

/** In the middle of something encoded the text begins at one of three places of a group; its first and last letters mix with what is beside it. */
function base64Of(form: string, bytes: Buffer): Needle[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const own = encoded.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
    const url = own.replaceAll('+', '-').replaceAll('/', '_');
    return [
      { form, bytes: Buffer.from(own) },
      { form: `${form}, for URLs`, bytes: Buffer.from(url) },
    ];
  });
}

function digestsOf(text: string): Needle[] {
  return ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const digest = createHash(name).update(text).digest();
    return [
      { form: `${name} itself`, bytes: digest },
      { form: `${name} in hexadecimal`, bytes: Buffer.from(digest.toString('hex')) },
      { form: `${name} in base64`, bytes: Buffer.from(digest.toString('base64').replace(/=+$/, '')) },
      { form: `${name} in base64 for URLs`, bytes: Buffer.from(digest.toString('base64url')) },
    ];
  });
}

/** Something to search: a file, a log, an answer. */
export interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Secret {
  readonly what: string;
  readonly needles: readonly Needle[];
}

/** A secret, and whether it is one that we gave out: then one answer shows it. */
export interface IssuedSecret extends Secret {
  readonly issued?: boolean;
}

/** Which secrets lie where, in words. */
export function found(haystacks: readonly Haystack[], secrets: readonly Secret[]): string[] {
  return haystacks.flatMap(({ name, bytes }) =>
    secrets.flatMap(({ what, needles }) =>
      needles.filter((needle) => bytes.includes(needle.bytes)).map(({ form }) => `${what} as ${form} in ${name}`),
    ),
  );
}

/** Places where text of this shape lies. */
export function foundShapes(haystacks: readonly Haystack[], shapes: Readonly<Record<string, RegExp>>): string[] {
  return haystacks.flatMap(({ name, bytes }) => {
    const text = bytes.toString('latin1');
    const wide = bytes.toString('utf16le');
    return Object.entries(shapes).flatMap(([what, shape]) =>
      shape.test(text) || shape.test(wide) ? [`${what} in ${name}`] : [],
    );
  });
}

/** Every file below a folder, by its path in it. */
export function filesIn(folder: string): Haystack[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return files.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}
