import { beforeEach, inject } from 'vitest';
import type {} from './rows-server.fixture.ts';

/** Without a server the suites would run on files once more. */
beforeEach(({ skip }) => {
  const server = inject('rowsServer');
  if ('missing' in server) skip(server.missing);
});
