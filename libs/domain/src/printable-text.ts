/** A prepared value, the form that is compared and hashed; or why there is none. */
export type Prepared =
  | { readonly ok: true; readonly prepared: string }
  | { readonly ok: false; readonly reason: string };

export function refuseText(reason: string): Prepared {
  return { ok: false, reason };
}

// Letters, marks, numbers, punctuation, symbols and the plain space; no controls, formats, other separators, private
// use, surrogates or unassigned code points. Some letters and marks have no width and leave no trace either (Hangul
// fillers, variation selectors): Unicode calls all such code points default-ignorable.
const printable = /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}\p{P}\p{S} ])*$/u;

/** Holds nothing that could not be seen: a name that looks like another one differs from it visibly. */
export function isPrintable(text: string): boolean {
  return printable.test(text);
}

/** Length as people count it and contracts state it: code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
