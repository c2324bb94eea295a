import { isMissing, type NatsServer, startNatsServer } from '@evident/testing';
import type { Resource } from '../program.ts';

export const natsServer: Resource<NatsServer> = async () => {
  const value = await startNatsServer();
  if (isMissing(value)) throw new Error(`this program needs nats-server: ${value.missing}`);
  return { value, close: () => value.stop() };
};
