/** Rows in columns that line up, two blanks apart, no blanks at line ends. A cell with line breaks stays in its column. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header.map((name) => name.toUpperCase()), ...rows].map((row) => row.map((cell) => cell.split('\n')));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => widest(row[column] ?? []))));
  const lines = cells.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, column) => (row[column]?.[line] ?? '').padEnd(width))
        .join('  ')
        .trimEnd(),
    );
  });
  return `${lines.join('\n')}\n`;
}

/** Names and values below each other: what one thing is, where a table would have one row. */
export function factList(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length));
}
