import type { Json } from './event-store.port.ts';

/**
 * The canonical text of a JSON value: members sorted by UTF-16 code unit, no white space, numbers as ECMAScript
 * prints them. Source: RFC 8785 (JSON Canonicalization Scheme). Members that are undefined are left out.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as { readonly [member: string]: Json | undefined };
  let members = '';
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}
