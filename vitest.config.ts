import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@evident/source'] },
  ssr: { resolve: { conditions: ['@evident/source', 'node', 'import', 'default'] } },
  test: {
    include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'tests/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
