import { embeddedLogs } from '../../contract/embedded-harness.ts';
import { eventStoreContract } from '../../contract/index.ts';

const capabilities = { 'unique-ids': true, 'empty-log': true, 'unpaired-surrogates': true } as const;
eventStoreContract('embedded', { open: embeddedLogs(), capabilities });
