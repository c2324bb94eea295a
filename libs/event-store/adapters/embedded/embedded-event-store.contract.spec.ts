import { eventStoreContract } from '../../contract/index.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';

const capabilities = { 'unique-ids': true, 'empty-log': true, 'unpaired-surrogates': true } as const;
eventStoreContract('embedded', { open: async () => new EmbeddedLog(), capabilities });
