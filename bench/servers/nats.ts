import { isMissing, type NatsServer, startNatsServer } from '@evident/testing';
import type { Resource } from '../program.ts';

export const natsServer: Resource<NatsServer> = async () => {
  const value = await startNats();
  return { value, close: () => value.stop() };
};

export async function startNats(): Promise<NatsServer> {
  const server = await startNatsServer();
  if (isMissing(server)) throw new Error(`this program needs nats-server: ${server.missing}`);
  return server;
}
