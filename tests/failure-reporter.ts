import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Says what failed as soon as it failed: a run of many minutes may be stopped before its summary. */
export class FailureReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === 'failed') report(test.module, test.fullName, result.errors);
  }

  onTestSuiteResult(suite: TestSuite): void {
    report(suite.module, suite.fullName, suite.errors());
  }

  onTestModuleEnd(module: TestModule): void {
    report(module, 'outside of its tests', module.errors());
  }
}

function report(module: TestModule, what: string, errors: readonly { message: string; stack?: string }[]): void {
  for (const { message, stack } of errors) {
    process.stdout.write(`\nFailed: ${module.relativeModuleId} > ${what}\n${stack ?? message}\n`);
  }
}
