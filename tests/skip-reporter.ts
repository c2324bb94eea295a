import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import { longSuites, takesLongSuites } from './long-suites.ts';

const howToHaveMongodb = 'run with MONGODB_URL=mongodb://localhost:27017, or start Docker';

type Part = TestModule | TestSuite | TestCase;

/**
 * Says at the end what was skipped and why: a reason stands in the name of the suite or of the test, or in the note of the
 * skip. A suite of which nothing ran is one line.
 */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) => skippedIn(module).map((line) => `  ${module.relativeModuleId}: ${line}`));
    if (!takesLongSuites) {
      lines.push(...longSuites.map((suite) => `  ${suite}: takes long; run with LONG_SUITES=on, as .ci/run does`));
    }
    const standIn = modules.filter((module) =>
      [...module.children.allSuites()].some(({ name }) => /FerretDB/.test(name)),
    );
    if (standIn.length > 0)
      lines.push(`  ${standIn.length} test files: ran on FerretDB rather than MongoDB; ${howToHaveMongodb}`);
    if (lines.length === 0) return;
    process.stdout.write(`\nSkipped, with the reason:\n${lines.join('\n')}\n`);
  }
}

function skippedIn(part: Part): string[] {
  if (part.type === 'test') return isSkipped(part) ? [`${part.fullName}${noteOf(part)}`] : [];
  const tests = [...part.children.allTests()];
  if (part.type === 'suite' && tests.length > 1 && tests.every(isSkipped)) {
    const notes = new Set(tests.map(noteOf));
    return [`${part.fullName} > all ${tests.length} tests${[...notes].join('')}`];
  }
  return [...part.children].flatMap(skippedIn);
}

const isSkipped = (test: TestCase) => test.result().state === 'skipped';

function noteOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' && result.note !== undefined ? ` — ${result.note}` : '';
}
