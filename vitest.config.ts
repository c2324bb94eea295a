import { defineConfig } from 'vitest/config';
import { SkipReporter } from './tests/skip-reporter.ts';

export default defineConfig({
  resolve: { conditions: ['@evident/source'] },
  ssr: { resolve: { conditions: ['@evident/source', 'node', 'import', 'default'] } },
  test: {
    include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'tests/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    reporters: ['default', new SkipReporter()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
