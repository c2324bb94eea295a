import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { missing, repository, run } from './tool.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, never>;
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly lifecycle?: { readonly preStop: { readonly exec: { command: string[] } } };
  }[];
}

const chart = 'deploy/helm/evident';
const issuer = ['--set', 'publicUrl=https://sso.example.com'];
const everything = [
  ['--set', 'ingress.enabled=true,ingress.host=sso.example.com,ingress.tlsSecret=tls'],
  ['--set', 'podMonitor.enabled=true,authCommand.autoscaling.hashQueue.enabled=true'],
].flat();
const kubernetes = '1.31';
const rendered = (...settings: string[]) =>
  run('helm', ['template', 'sso', chart, '--kube-version', `${kubernetes}.0`, ...settings]);
const manifestsOf = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const folder = mkdtempSync(join(tmpdir(), 'evident-chart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noHelm = missing('helm', 'go install helm.sh/helm/v3/cmd/helm@v3.18.6', ['version']);
describe.skipIf(noHelm !== '')(`the Helm chart${noHelm}`, () => {
  it('passes helm lint --strict', () => {
    expect(run('helm', ['lint', '--strict', chart, ...issuer])).toMatchObject({ ok: true });
  });

  it('asks for the issuer before anything is made', () => {
    const { ok, text } = rendered();
    expect(ok).toBe(false);
    expect(text).toContain('/publicUrl');
  });

  it('runs every pod as nobody, with nothing to write but its scratch, and probes it', () => {
    const deployments = manifestsOf(rendered(...issuer).text).filter(({ kind }) => kind === 'Deployment');
    expect(deployments).toHaveLength(4);
    for (const { spec } of deployments) {
      const pod = (spec as unknown as { template: { spec: Record<string, unknown> } }).template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            startupProbe: expect.anything(),
            livenessProbe: { httpGet: { path: '/health' } },
            readinessProbe: { httpGet: { path: '/ready' } },
          },
        ],
      });
    }
  });

  it('ends a gateway only once the cluster has had time to send new connections elsewhere', () => {
    for (const { metadata, spec } of manifestsOf(rendered(...issuer).text).filter(
      ({ kind }) => kind === 'Deployment',
    )) {
      const { spec: pod } = (spec as unknown as { template: { spec: PodSpec } }).template;
      const [container] = pod.containers;
      const [, , wait = ''] = container?.lifecycle?.preStop.exec.command ?? [];
      const waitsMs = Number(/^setTimeout\(\(\) => \{\}, (\d+)\)$/.exec(wait)?.[1] ?? 0);
      expect(waitsMs, metadata.name).toBe(metadata.name === 'sso-gateway' ? 5_000 : 0);
      // What is in flight has its 25 s after that, see Shutdown.
      expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(waitsMs + 25_000);
    }
  });

  it('tells each service how long to keep what expires, and takes no nonsense', () => {
    const settings = ['--set', 'retention.signInsMonths=12,retention.unknownCallersMonths=1'];
    for (const [more, signIns, callers] of [
      [[], '0', '3'],
      [settings, '12', '1'],
    ] as const) {
      const deployments = manifestsOf(rendered(...issuer, ...more).text).filter(({ kind }) => kind === 'Deployment');
      for (const { spec } of deployments) {
        const text = JSON.stringify(spec);
        expect(text).toContain(JSON.stringify({ name: 'SIGN_INS_KEPT_MONTHS', value: signIns }));
        expect(text).toContain(JSON.stringify({ name: 'UNKNOWN_CALLERS_MONTHS', value: callers }));
      }
    }
    expect(rendered(...issuer, '--set', 'retention.signInsMonths=-1').ok).toBe(false);
  });

  it('shows each service the secrets of its own and the stores to those that use them', () => {
    const manifests = manifestsOf(rendered(...issuer).text);
    const of = (kind: string, service: string) =>
      JSON.stringify(manifests.find((each) => each.kind === kind && each.metadata.name === `sso-${service}`));
    expect(of('Deployment', 'gateway')).not.toMatch(/master-key|data-key|event-store-url|admin-password/);
    expect(of('Deployment', 'identity-projection')).not.toMatch(/master-key|admin-password/);
    expect(of('Deployment', 'token-issuer')).not.toMatch(/admin-password/);
    expect(of('NetworkPolicy', 'gateway')).not.toMatch(/2113|27017/);
    expect(of('NetworkPolicy', 'auth-command')).toMatch(/2113.*27017/);
  });

  it('scales by processor time, and auth-command by the hashes that wait where the cluster has that metric', () => {
    const scaled = (...settings: string[]) =>
      manifestsOf(rendered(...issuer, ...settings).text)
        .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
        .map(({ metadata, spec }) => [metadata.name, (spec as unknown as { metrics: object[] }).metrics]);
    const byProcessor = (averageUtilization: number) => ({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
    });
    const metric = { name: 'evident_hash_queue_length' };
    const byQueue = { type: 'Pods', pods: { metric, target: { type: 'AverageValue', averageValue: '8' } } };
    const gateway = ['sso-gateway', [byProcessor(70)]];
    expect(scaled()).toEqual([['sso-auth-command', [byProcessor(75)]], gateway]);
    expect(scaled('--set', 'authCommand.autoscaling.hashQueue.enabled=true')).toEqual([
      ['sso-auth-command', [byProcessor(75), byQueue]],
      gateway,
    ]);
  });

  it('keeps one of each service through a disruption, and lets nobody in but by its own port', () => {
    const manifests = manifestsOf(rendered(...issuer).text);
    const names = ['auth-command', 'gateway', 'identity-projection', 'token-issuer'].map((name) => `sso-${name}`);
    const specsOf = (wanted: string) =>
      manifests.filter(({ kind }) => kind === wanted).map(({ metadata, spec }) => [metadata.name, spec]);
    const budgets = names.map((name) => [name, expect.objectContaining({ maxUnavailable: 1 })]);
    expect(specsOf('PodDisruptionBudget')).toEqual(budgets);
    const ingress = (port: number) => ({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port, protocol: 'TCP' }] }],
    });
    expect(specsOf('NetworkPolicy')).toEqual(
      names.map((name) => [name, expect.objectContaining(ingress(name === 'sso-gateway' ? 8000 : 8080))]),
    );
  });

  const validator = join(repository, '.venv/bin/kubernetes-validate');
  const noValidator = missing(validator, 'python3 -m venv .venv && .venv/bin/pip install kubernetes-validate');
  it.skipIf(noValidator !== '')(`makes manifests that Kubernetes ${kubernetes} knows, strictly${noValidator}`, () => {
    const { text } = rendered(...issuer, ...everything);
    // The monitor is of another project's making, whose schema is not Kubernetes' own.
    const own = manifestsOf(text).filter(({ kind }) => kind !== 'PodMonitor');
    expect(own.length).toBeGreaterThan(15);
    const file = join(folder, 'manifests.yaml');
    writeFileSync(file, own.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
    expect(run(validator, ['--strict', '-k', kubernetes, file])).toMatchObject({ ok: true });
    writeFileSync(file, JSON.stringify({ ...own[0], spec: { ...own[0]?.spec, replicaz: 1 } }));
    expect(run(validator, ['--strict', '-k', kubernetes, file]).ok).toBe(false);
  });
});
