import { InProcessTransport } from '../adapters/in-process/index.ts';
import type { SkippedCases } from './transport.contract.ts';
import type { HarnessOptions, TransportHarness } from './transport-harness.ts';

export async function openInProcess(options: HarnessOptions = {}): Promise<TransportHarness> {
  const transport = new InProcessTransport({ ...options, checkReplies: true, checkRequests: true });
  return {
    client: transport,
    serve: async (handlers) => {
      transport.serve(handlers);
      return transport;
    },
    close: () => transport.drain(),
  };
}

const oneProcess = 'in one process there is one instance of a service and no wire that could break';

export const withoutWire: SkippedCases = {
  'gives each request to one of several instances, and all of them some': oneProcess,
  'goes on with the other instance when one drains': oneProcess,
  'says so while the wire is away, and heals by itself': oneProcess,
  'answers every request under load while the wire breaks and is mended, and begins none twice': oneProcess,
  'delivers news again after the wire was away': oneProcess,
};
