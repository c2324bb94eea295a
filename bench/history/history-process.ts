import { makeHistory } from './make-history.ts';

/** Makes one history in a process of its own and tells the one that began it. */
process.once(
  'message',
  async ({ dataDir, options }: { dataDir: string; options: Parameters<typeof makeHistory>[1] }) => {
    const onProgress = (line: string) => process.send?.({ line });
    const made = await makeHistory(dataDir, { ...options, onProgress });
    process.send?.({ made }, () => process.exit(0));
  },
);
