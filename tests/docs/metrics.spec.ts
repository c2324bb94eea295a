import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '@evident/runtime';
import { expect, it } from 'vitest';

it('docs/operations.md names exactly the metrics that there are, each with its labels', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `(evident|process|nodejs)_/.test(line));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
  const { registry } = createMetrics('spec');
  const there = registry.getMetricsAsArray() as unknown as readonly { name: string; labelNames: readonly string[] }[];
  expect(named.toSorted()).toEqual(there.map(({ name }) => name).toSorted());
  for (const { name, labelNames } of there) {
    const row = rows.find((each) => each.includes(`\`${name}\``));
    for (const label of labelNames) expect(row, name).toContain(`\`${label}\``);
  }
});
