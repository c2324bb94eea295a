import { countCharacters, isPrintable, type Prepared, refuseText } from '../printable-text.ts';

const longestName = 150;
const longestUrl = 2_048;

/** The name of an app: 1 to 150 printable characters, no space at either end. Need not be unique, so it is kept as given. */
export function checkAppName(name: string): Prepared {
  const length = countCharacters(name);
  if (length < 1 || length > longestName) return refuseText(`must have 1 to ${longestName} characters`);
  if (!isPrintable(name)) return refuseText('holds a character that cannot be printed');
  return name === name.trim() ? { ok: true, prepared: name } : refuseText('must not begin or end with a space');
}

/** An absolute http or https URL, kept as given (api/asf.md, "apps"). */
export function checkAppUrl(url: string): Prepared {
  if (url.length > longestUrl) return refuseText(`must have at most ${longestUrl} characters`);
  // The URL parser forgives spaces, controls and missing slashes; what is kept as given must not need forgiveness.
  const hasForm = /^https?:\/\/[^\s\p{C}/\\?#]/iu.test(url) && !/[\s\p{C}]/u.test(url);
  return hasForm && URL.canParse(url) ? { ok: true, prepared: url } : refuseText('must be an http or https URL');
}
