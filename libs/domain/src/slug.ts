import { type Prepared, refuseText } from './printable-text.ts';

/** What has a slug of its own, unique in its tenant: the kinds of their reservations. */
export const slugKinds = ['role-slug', 'workspace-slug'] as const;
export type SlugKind = (typeof slugKinds)[number];

const longest = 64;
/** Room for a suffix that tells it from the slug of another. */
const longestDerived = 48;
const form = /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/;

/** A slug that somebody gave: lower-case Latin letters and digits, single separators between them; kept as given. */
export function checkSlug(slug: string): Prepared {
  if (slug.length > longest) return refuseText(`must have at most ${longest} characters`);
  if (!form.test(slug)) return refuseText('must be lower-case letters and digits, with single - _ or . between them');
  return { ok: true, prepared: slug };
}

/** The slug that a name suggests; `otherwise` where nothing of the name can be written in one. */
export function deriveSlug(name: string, otherwise: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const slug = (words ?? []).join('-').slice(0, longestDerived).replace(/-$/, '');
  return slug === '' ? otherwise : slug;
}
