import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { deriveAccessKey, deriveAgentKey, hashAccessKey } from '@evident/crypto';
import { type agentCreated, type apiKeyIssued, type EventOf, type Principal, streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import { PeopleOnLog } from './people-on-log.ts';

type AgentData = EventOf<typeof agentCreated>['data'];
type KeyData = EventOf<typeof apiKeyIssued>['data'];

export interface AddedAgent {
  readonly uid: string;
  /** PKCS8, PEM. */
  readonly privateKey: string;
  readonly keyId: string;
  readonly position: Position;
}

export interface AddedKey {
  readonly uid: string;
  /** The text of the key. */
  readonly key: string;
  readonly position: Position;
}

/** Puts agents and API keys on a log, without the service that decides about them. */
export class MachinesOnLog {
  readonly #log: Log;
  readonly #people: PeopleOnLog;
  readonly #serviceKey = createSecretKey(randomBytes(32));

  constructor(log: Log, now: () => number = Date.now) {
    this.#log = log;
    this.#people = new PeopleOnLog(log, now);
  }

  async addAgent(scopes: readonly string[], more: Partial<AgentData> = {}): Promise<AddedAgent> {
    const uid = randomUUID();
    const { privateKey, keyId, verifyKey } = deriveAgentKey(this.#serviceKey, uid);
    const createdBy: Principal = { kind: 'user', id: randomUUID() };
    const details = { name: 'Robot', description: '', scopes: [...scopes], workspaceId: null, createdBy };
    const data: AgentData = { ...details, keyId, verifyKey, generation: 1, ...more };
    await this.#people.append(streams.agentKey(this.#log.tenant, keyId), [
      { type: 'agentkey.claimed', data: { agentId: uid } },
    ]);
    return { uid, privateKey, keyId, position: await this.onAgent(uid, 'agent.created', data) };
  }

  async addKey(holder: Principal, more: Partial<KeyData> = {}): Promise<AddedKey> {
    const uid = randomUUID();
    const { key, prefix } = deriveAccessKey(this.#serviceKey, uid, uid);
    const lookup = hashAccessKey(this.#log.lookup, key);
    const data = { holder, issuedBy: holder, name: 'key', scopes: null, prefix, expiresAt: null, lookup, ...more };
    const person = holder.kind === 'user' ? holder.id : null;
    const stream = streams.apiKey(this.#log.tenant, uid);
    const position = await this.#people.append(stream, [{ type: 'apikey.issued', data }], person);
    return { uid, key, position };
  }

  /** Appends an event as it is, whatever the decider would say. */
  onAgent(uid: string, type: string, data: object): Promise<Position> {
    return this.#people.append(streams.agent(this.#log.tenant, uid), [{ type, data }]);
  }

  onKey(uid: string, type: string, data: object): Promise<Position> {
    return this.#people.append(streams.apiKey(this.#log.tenant, uid), [{ type, data }]);
  }
}
