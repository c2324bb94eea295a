import type { Reporter, TestModule } from 'vitest/node';
import { longSuites, takesLongSuites } from './long-suites.ts';

/** Says at the end what was skipped and why: a reason stands in the name of the suite or in the note of the skip. */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => {
        const result = test.result();
        const note = result.state === 'skipped' && result.note !== undefined ? ` — ${result.note}` : '';
        return `  ${module.relativeModuleId}: ${test.fullName}${note}`;
      }),
    );
    if (!takesLongSuites) {
      lines.push(...longSuites.map((suite) => `  ${suite}: takes long; run with LONG_SUITES=on, as .ci/run does`));
    }
    if (lines.length === 0) return;
    process.stdout.write(`\nSkipped, with the reason:\n${lines.join('\n')}\n`);
  }
}
