/** Text that is HTML already. */
export interface Html {
  readonly text: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose values are escaped unless they are HTML themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  return { text: parts.reduce((whole, part, index) => whole + escaped(values[index - 1]) + part) };
}

export function join(parts: readonly Html[]): Html {
  return { text: parts.map(({ text }) => text).join('') };
}

/** Takes a text of ours as it is. Never for what came from outside. */
export function raw(text: string): Html {
  return { text };
}

function escaped(value: string | Html | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value.replace(/[&<>"']/g, (character) => escapes[character] ?? '') : value.text;
}
