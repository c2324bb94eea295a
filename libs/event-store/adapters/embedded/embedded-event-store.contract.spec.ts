import { afterAll } from 'vitest';
import { eventStoreContract } from '../../contract/index.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { SharedLog } from './shared-log.fixture.ts';

const shared = new SharedLog();
afterAll(() => shared.destroy());

const capabilities = {
  'unique-ids': true,
  'empty-log': true,
  'unpaired-surrogates': true,
  'gone-at-once': true,
} as const;
const open = async (needs?: string) => (needs === 'empty-log' ? new EmbeddedLog() : shared.lend());
eventStoreContract('embedded', { open, capabilities });
