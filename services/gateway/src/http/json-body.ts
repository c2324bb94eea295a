import { isUtf8 } from 'node:buffer';
import { parse, scan } from 'secure-json-parse';
import { UnreadableBody } from './unreadable-body.ts';

/** No shape of ours nests deeper than three; what does was not meant for us. */
const deepest = 32;

/**
 * A JSON body. Of a member given twice the last counts (RFC 8259 section 4 leaves it open; so do Python's and
 * JavaScript's own parsers). `__proto__` and `constructor` are dropped like any unknown member; further in, where the
 * names may be of a client's own making, `__proto__` and `constructor.prototype` are refused: dropped, they would be
 * lost without a word.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) return new UnreadableBody('Body is not UTF-8', 'json_invalid');
  const text = bytes.toString('utf8');
  if (isDeeperThan(deepest, text)) return new UnreadableBody('JSON is nested too deeply', 'json_invalid');
  try {
    return parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    return parseSuspect(text);
  }
}

/** What is no JSON, or holds a prototype. */
function parseSuspect(text: string): unknown {
  let value: unknown;
  try {
    value = parse(text, undefined, { protoAction: 'ignore', constructorAction: 'ignore' });
  } catch {
    return new UnreadableBody('JSON decode error', 'json_invalid');
  }
  const members = Object.entries(value ?? {}).filter(([name]) => name !== '__proto__' && name !== 'constructor');
  const unsafe = members.find(([, member]) => isObject(member) && scan(member, { safe: true }) === null);
  if (unsafe !== undefined) {
    const message = 'No object may have a member __proto__ or constructor.prototype';
    return new UnreadableBody(message, 'value_error', Array.isArray(value) ? undefined : unsafe[0]);
  }
  return Array.isArray(value) ? value : Object.fromEntries(members);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBracket = 0x5d;
const closeBrace = 0x7d;

/** Counts brackets outside strings, without recursion: what is too deep is refused before a parser sees it. */
function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === backslash) index += 1;
      else if (code === quote) quoted = false;
    } else if (code === quote) quoted = true;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return false;
}
