import type { Command } from 'commander';
import { withAudit } from '../../audit/audit-source.ts';
import type { ListedSeal } from '../../audit/listed-seals.ts';
import type { CommandContext } from '../../cli/command.ts';
import { count } from '../../cli/count-text.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson, withStores } from '../../cli/store-options.ts';
import { factList, textTable } from '../../cli/text-table.ts';
import { type AskOptions, withAuditSource } from './audit-options.ts';

const verifyMore = `
Reads the whole log beside a server or without one, and needs none. What it finds wrong it names: an event that was
changed, removed, added or moved, a seal that was forged, a log that was cut off. Seals are trusted by the keys in the
file given with --seals, else by those that MASTER_KEY opens. A log that was cut off behind its last seal, or replaced by
an older copy, is found only by seals that were kept elsewhere. Exits with 1 where anything is wrong.

Examples:
  $ evident audit seals --json > /safe/seals.json
  $ evident audit verify-log --seals /safe/seals.json
`;

/** Adds `seals` and `verify-log`. */
export function defineSeals(group: Command, context: CommandContext): void {
  const { terminal, progress, action } = context;

  withAuditSource(group.command('seals').description('The signed seals of the log, to be kept elsewhere.')).action(
    action(async (options: AskOptions) => {
      const { listedSeals } = await import('../../audit/listed-seals.ts');
      const listed = await withAudit(options, context, listedSeals);
      terminal.stdout.write(
        options.json === true ? `${JSON.stringify(listed, undefined, 2)}\n` : sealsTable(listed.seals),
      );
      return 0;
    }),
  );

  withJson(withStores(group.command('verify-log')))
    .description('Verifies that nothing in the log was changed, removed, added or moved.')
    .option('--seals <file>', 'seals and keys that were kept elsewhere')
    .addHelpText('after', verifyMore)
    .action(
      action(async (options: StoreOptions & AnswerOptions & { seals?: string }) => {
        const [{ verifyStores }, { readKeptSeals }] = await Promise.all([
          import('../../audit/verify-stores.ts'),
          import('../../audit/kept-seals.ts'),
        ]);
        const kept = options.seals === undefined ? undefined : readKeptSeals(options.seals);
        const config = configOf(options, terminal.env);
        const begun = performance.now();
        const verified = await verifyStores({ config, kept, now: terminal.now, report: progress.report });
        progress.clear();
        const seconds = (performance.now() - begun) / 1000;
        const ok = verified.integrity.ok && verified.completeness.ok;
        terminal.stdout.write(
          options.json === true ? `${JSON.stringify({ ok, ...verified }, undefined, 2)}\n` : asText(verified, seconds),
        );
        return ok ? 0 : 1;
      }),
    );
}

function sealsTable(seals: readonly ListedSeal[]): string {
  if (seals.length === 0) return 'Nothing is sealed yet.\n';
  return textTable(
    ['seal', 'events', 'from', 'to', 'at', 'key'],
    seals.map(({ number, count: events, from, to, at, kid }) => [
      String(number),
      count(events),
      from,
      to,
      new Date(at).toISOString(),
      kid,
    ]),
  );
}

type Verified = Awaited<ReturnType<typeof import('../../audit/verify-stores.ts').verifyStores>>;

function asText(
  { events, letGo, seals, unsealed, integrity, completeness, trustedBy }: Verified,
  seconds: number,
): string {
  const findings = [...integrity.findings, ...completeness.findings];
  const facts = factList([
    ['Events', `${count(events)}, ${count(Math.round(events / Math.max(seconds, 0.001)))} a second`],
    ...(letGo === 0
      ? []
      : [['Let go', `${count(letGo)} attempts to sign in that expired; their digests are kept`] as const]),
    ['Seals', `${count(seals)}, trusted by ${trustedBy}; ${count(unsealed)} events are not sealed yet`],
    ['Integrity', integrity.ok ? 'nothing was changed' : 'broken'],
    ['Completeness', completeness.ok ? 'nothing is missing' : 'broken'],
  ]);
  return findings.length === 0 ? facts : `${facts}\n${findings.map(({ message }) => `- ${message}\n`).join('')}`;
}
