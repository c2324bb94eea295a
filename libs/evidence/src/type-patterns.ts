const form = /^(?:\*|[a-z]{1,32}\.\*|[a-z]{1,32}\.[a-z-]{1,64})$/;

/**
 * Which event types are wanted: `user.*,role.*,signin.failed`. Undefined where a part is no pattern; all types where
 * the text is left out. A type that there is not matches nothing, and is no error: a newer program may write it.
 */
export function typePatterns(text: string | undefined): ((type: string) => boolean) | undefined {
  if (text === undefined) return () => true;
  const patterns = text.split(',').map((pattern) => pattern.trim());
  if (!patterns.every((pattern) => form.test(pattern))) return undefined;
  if (patterns.includes('*')) return () => true;
  const exact = new Set(patterns);
  const categories = new Set(patterns.filter((each) => each.endsWith('.*')).map((each) => each.slice(0, -2)));
  return (type) => exact.has(type) || categories.has(type.slice(0, type.indexOf('.')));
}
