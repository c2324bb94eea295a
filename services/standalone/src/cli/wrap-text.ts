/** Breaks at blanks so that no line is longer than `width`, save a word that is; without a width nothing is broken. */
export function wrapText(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
