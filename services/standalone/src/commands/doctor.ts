import type { DefineCommand } from '../cli/command.ts';
import { type AnswerOptions, environmentOf, type StoreOptions, withJson, withStores } from '../cli/store-options.ts';
import { textTable } from '../cli/text-table.ts';
import { wrapText } from '../cli/wrap-text.ts';
import type { Finding } from '../doctor/index.ts';

interface DoctorOptions extends StoreOptions, AnswerOptions {
  readonly quick?: boolean;
}

const more = `
Looks at the configuration, the data directory, both keys, the whole event log, the keyrings, the person keys, every
sealed member, the read models, the clock, the disk, the ports and NATS. Changes nothing, and works beside a server.
Exits with 1 where a check fails.

Examples:
  $ evident doctor
  $ evident doctor --quick --data-dir /srv/evident
  $ evident doctor --json
`;

export const defineDoctor: DefineCommand = (program, { terminal, progress, action }) => {
  const command = program
    .command('doctor')
    .summary('find out what is wrong, and what to do about it')
    .description('Checks a deployment and names the remedy for whatever is wrong.')
    .option('--quick', 'leave out what reads the whole log')
    .addHelpText('after', more);
  withJson(withStores(command)).action(
    action(async (options: DoctorOptions) => {
      const { examine, thisSystem } = await import('../doctor/index.ts');
      const findings = await examine({
        env: environmentOf(options, terminal.env),
        quick: options.quick === true,
        system: thisSystem,
        now: terminal.now,
        report: progress.report,
      });
      progress.clear();
      const ok = findings.every(({ status }) => status !== 'fail');
      terminal.stdout.write(
        options.json === true
          ? `${JSON.stringify({ ok, findings }, undefined, 2)}\n`
          : asText(findings, terminal.stdout.isTTY === true ? (terminal.stdout.columns ?? 100) : undefined),
      );
      return ok ? 0 : 1;
    }),
  );
};

/** The columns left of what was found: the longest name of a check, a result, and the blanks between. */
const margin = 24;

function asText(findings: readonly Finding[], columns: number | undefined): string {
  const width = columns === undefined ? undefined : Math.max(40, columns - margin);
  const rows = findings.map(({ check, status, message, remedy }) => [
    check,
    status,
    [message, ...(remedy === undefined ? [] : [`→ ${remedy}`])].map((text) => wrapText(text, width)).join('\n'),
  ]);
  const failed = findings.filter(({ status }) => status === 'fail').length;
  const warned = findings.filter(({ status }) => status === 'warn').length;
  const summary =
    failed > 0
      ? `${failed} ${failed === 1 ? 'thing is' : 'things are'} wrong; the arrows say what to do.`
      : `Nothing is wrong${warned > 0 ? `; ${warned} ${warned === 1 ? 'thing wants' : 'things want'} attention` : ''}.`;
  return `${textTable(['check', 'result', 'found'], rows)}\n${summary}\n`;
}
