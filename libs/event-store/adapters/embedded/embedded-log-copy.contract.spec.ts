import { logCopyContract } from '../../contract/log-copy.contract.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { openEmbeddedLogCopy } from './index.ts';

logCopyContract('embedded', async () => {
  const log = new EmbeddedLog();
  const { path } = log;
  return {
    open: async (source) => openEmbeddedLogCopy({ path, source }),
    openLog: () => log.connect(),
    destroy: () => log.destroy(),
  };
});
