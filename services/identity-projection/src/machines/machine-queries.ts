import { forTenant } from '@evident/caller';
import type { getAgent, getApiKey, listAgents, listApiKeys, verifyApiKey } from '@evident/contracts';
import type { Log } from '@evident/log';
import type { MessageHandler } from '@evident/transport';
import type { Reading } from '../reading/reading.ts';
import { createGetAgent, createListAgents } from './agents.ts';
import { createGetApiKey, createListApiKeys } from './api-keys.ts';
import { createVerifyApiKey } from './verify-api-key.ts';

/** What is answered about agents and API keys. */
export interface MachineQueries {
  readonly getAgent: MessageHandler<typeof getAgent>;
  readonly listAgents: MessageHandler<typeof listAgents>;
  readonly getApiKey: MessageHandler<typeof getApiKey>;
  readonly listApiKeys: MessageHandler<typeof listApiKeys>;
  readonly verifyApiKey: MessageHandler<typeof verifyApiKey>;
}

export function createMachineQueries(
  reading: Reading,
  log: Pick<Log, 'store' | 'codec' | 'states' | 'tenant' | 'lookup'>,
): MachineQueries {
  const { tenant, now } = reading;
  return {
    getAgent: forTenant(tenant, createGetAgent(reading)),
    listAgents: forTenant(tenant, createListAgents(reading)),
    getApiKey: forTenant(tenant, createGetApiKey(reading, log)),
    listApiKeys: forTenant(tenant, createListApiKeys(reading, log)),
    verifyApiKey: forTenant(tenant, createVerifyApiKey(log, now)),
  };
}
