import { UnreadableBody } from './unreadable-body.ts';

/** Stands for a field that came twice or more often: no shape of ours accepts it, and how often is not kept. */
export const givenTwice: readonly string[] = [];

/**
 * An urlencoded form (WHATWG URL, section 5.1) as its fields. RFC 6749 section 3.2 forbids a parameter given twice;
 * such a one becomes an array. Escapes must be UTF-8: a replacement character would let two different passwords look
 * the same.
 */
export function parseFormBody(bytes: Buffer): unknown {
  const fields: Record<string, string | readonly string[]> = Object.create(null);
  for (const pair of bytes.toString('latin1').split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decoded(cut < 0 ? pair : pair.slice(0, cut));
    const value = decoded(cut < 0 ? '' : pair.slice(cut + 1));
    if (name === undefined || value === undefined) {
      return new UnreadableBody('Form is not urlencoded UTF-8', 'form_invalid');
    }
    fields[name] = fields[name] === undefined ? value : givenTwice;
  }
  return fields;
}

function decoded(text: string): string | undefined {
  try {
    // Bytes that were sent unescaped are taken as the UTF-8 that they were.
    const escaped = text.replaceAll('+', ' ').replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}
