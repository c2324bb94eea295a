import { defineConfig } from 'vitest/config';
import { FailureReporter } from './tests/failure-reporter.ts';
import { longSuites, suitesOfRows, takesLongSuites } from './tests/long-suites.ts';
import { SkipReporter } from './tests/skip-reporter.ts';

const neverTests = ['**/node_modules/**', '**/dist/**'];
const notNow = takesLongSuites ? neverTests : [...neverTests, ...longSuites];
const alone = '**/*.isolated.spec.ts';
const projection = 'services/identity-projection/src';

export default defineConfig({
  resolve: { conditions: ['@evident/source'] },
  ssr: { resolve: { conditions: ['@evident/source', 'node', 'import', 'default'] } },
  test: {
    // What failed stands last.
    reporters: [new FailureReporter(), new SkipReporter(), 'default'],
    // Only what hangs ever meets these: a machine that does much else takes ten times as long.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Most of the time is spent waiting for processes and disks, so two run at once even on two cores.
    maxWorkers: 2,
    projects: [
      {
        // One module graph for all of them: loading it anew for each file would cost twice the tests themselves.
        extends: true,
        test: {
          name: 'rooms',
          include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'bench/**/*.spec.ts'],
          exclude: [...notNow, alone],
          isolate: false,
          setupFiles: 'tests/property-sizes.ts',
        },
      },
      {
        // Specs that replace a module, and the suites that start whole deployments.
        extends: true,
        test: {
          name: 'alone',
          include: [alone, 'tests/**/*.spec.ts'],
          exclude: notNow,
        },
      },
      ...(takesLongSuites
        ? [
            {
              // The suites of rows once more, on the other adapter.
              extends: true as const,
              test: {
                name: 'rows on a server of the MongoDB protocol',
                include: [...suitesOfRows],
                exclude: neverTests,
                globalSetup: `${projection}/rows-on-mongodb.fixture.ts`,
                setupFiles: ['tests/property-sizes.ts', `${projection}/skip-without-rows.fixture.ts`],
                isolate: false,
                // Each question costs a server several times what it costs a file.
                env: { AUDIT_COMMANDS: process.env.MONGODB_AUDIT_COMMANDS ?? '120' },
              },
            },
          ]
        : []),
    ],
  },
});
