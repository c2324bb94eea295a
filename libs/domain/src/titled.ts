import { countCharacters, isPrintable, type Prepared, refuseText } from './printable-text.ts';

const longestTitle = 150;
const longestDescription = 2_000;

/** The name of a role or a workspace: 1 to 150 printable characters, no space at either end. Need not be unique. */
export function checkTitle(title: string): Prepared {
  const length = countCharacters(title);
  if (length < 1 || length > longestTitle) return refuseText(`must have 1 to ${longestTitle} characters`);
  if (!isPrintable(title)) return refuseText('holds a character that cannot be printed');
  return title === title.trim() ? { ok: true, prepared: title } : refuseText('must not begin or end with a space');
}

/** Free text for people, several lines if they like; may be empty. */
export function checkDescription(description: string): Prepared {
  if (countCharacters(description) > longestDescription) {
    return refuseText(`must have at most ${longestDescription} characters`);
  }
  const isReadable = isPrintable(description.replaceAll(/[\t\r\n]/g, ' '));
  return isReadable ? { ok: true, prepared: description } : refuseText('holds a character that cannot be printed');
}
