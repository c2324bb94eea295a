import { join } from 'node:path';

/** Where the built programs lie, seen from the source of this package and from its build. */
export const repository = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '../../..' : '../../../..');
