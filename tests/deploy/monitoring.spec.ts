import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '@evident/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missing, repository, run } from './tool.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

const alerts = 'deploy/prometheus/alerts.yml';
const rules = (parse(readFileSync(join(repository, alerts), 'utf8')) as Rules).groups.flatMap((group) => group.rules);
const dashboard: Dashboard = JSON.parse(readFileSync(join(repository, 'deploy/grafana/evident.json'), 'utf8'));
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];
const known = new Map(
  createMetrics('spec')
    .registry.getMetricsAsArray()
    .map((metric) => [metric.name, new Set((metric as unknown as { labelNames: string[] }).labelNames ?? [])]),
);
const given = new Set(['le', 'service', 'job', 'instance']);

describe('alert rules and dashboard', () => {
  it.each(expressions)('%s asks for metrics that there are, by labels that they have', (_title, expression) => {
    const asked = [...expression.matchAll(/\b(?:evident|process)_[a-z_]+/g)].map(([name]) => name);
    const names = asked.map((name) => (known.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '')));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const labels = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const ofMetrics = names.flatMap((name) => [...(known.get(name) ?? [])]);
    expect(labels.filter((label) => !given.has(label) && !ofMetrics.includes(label))).toEqual([]);
  });

  it('an alert says how bad it is, what it is and what to do', () => {
    for (const { labels, annotations } of rules) {
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(annotations.summary).toBeTruthy();
      expect(annotations.action).toBeTruthy();
    }
  });
});

const noPromtool = missing('promtool', 'apt-get install prometheus');
describe.skipIf(noPromtool !== '')(`promtool${noPromtool}`, () => {
  it('finds the rules well formed', () => {
    expect(run('promtool', ['check', 'rules', alerts])).toMatchObject({ ok: true });
  });
});
