import { isLoggedField, type LogFields } from './logged-fields.ts';

const withheld = '[withheld]';
const longestText = 512;

/** Shapes that betray a secret or a person wherever they stand, should one slip into a text of ours. */
const telltale: readonly RegExp[] = [
  /\$argon2(?:id|i|d)\$[^\s"']+/g,
  /\bk\d+\.[\w-]{43}/g,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*/g,
  /\b(?:Bearer|Basic|Digest)\s+[^\s"',;]+/gi,
  /\b[a-z][a-z0-9+]*:\/\/[^\s/@"']+@/gi,
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /[^\s@"'<>:,;()[\]{}]+@[^\s@"'<>,;()[\]{}]+/g,
  /\b(?:sk|pk|key|evk|api)_[\w-]{12,}/gi,
  /\b(?:password|passwd|secret|token|api_?key|authorization|cookie)\b["']?\s*[=:]\s*["']?[^\s"',;&}]+/gi,
];

/** Every shape above needs one of these; most texts of ours have none, and one look is then enough. */
const suspicious = /[@$=:_]|\bk\d+\.|eyJ|-----|bearer|basic|digest/i;

/** The text with whatever looks like a secret or an address taken out, and cut to a length that no log regrets. */
export function withholdTelltales(text: string): string {
  // With the word that the cut goes through: half a secret no longer looks like one.
  let clean = text.length > longestText ? `${text.slice(0, longestText).replace(/\S+$/, '')}…` : text;
  if (!suspicious.test(clean)) return clean;
  for (const shape of telltale) clean = clean.replace(shape, withheld);
  return clean;
}

/** Ids, codes and subjects have no character that a telltale needs, and are most of what is logged. */
const harmless = /^[A-Za-z0-9._:/~-]{0,64}$/;
const opaque = /^(?:eyJ|sk_|pk_|key_|evk_|api_)|\bk\d+\./i;

function admittedText(text: string): string {
  return harmless.test(text) && !opaque.test(text) ? text : withholdTelltales(text);
}

/**
 * The fields of a log line as they may be written: unknown names and structured values are withheld, for nobody has
 * vouched for what is inside them.
 */
export function admit(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value: unknown = fields[name as keyof LogFields];
    if (value === undefined) continue;
    if (!isLoggedField(name)) line[name] = withheld;
    else if (name === 'error') line[name] = describeError(value);
    else line[name] = admittedValue(value);
  }
  return line;
}

function admittedValue(value: unknown): unknown {
  if (typeof value === 'string') return admittedText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return typeof value === 'bigint' ? value.toString() : withheld;
}

interface DescribedError {
  readonly type: string;
  readonly code?: string;
  readonly text: string;
  readonly stack?: readonly string[];
  readonly cause?: DescribedError;
}

/**
 * An error as type, code, cleaned message and the frames of its stack. The stack's first lines repeat the message and
 * so are dropped; own members (request, row, config …) are never followed.
 */
function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, text: withheld };
  const code = (error as { code?: unknown }).code;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code: withholdTelltales(code) } : {}),
    text: quotesInput(error) ? withheld : withholdTelltales(error.message),
    ...(frames === undefined ? {} : { stack: frames.slice(0, 12).map((line) => line.trim()) }),
    ...(error.cause instanceof Error && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** `JSON.parse` and `new URL` put what they were given into the message. */
function quotesInput(error: Error): boolean {
  return error instanceof SyntaxError || (error as { code?: unknown }).code === 'ERR_INVALID_URL';
}
