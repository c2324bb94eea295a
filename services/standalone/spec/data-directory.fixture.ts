import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import { type EventStore, eventId } from '@evident/event-store';
import { backUpEmbeddedLog } from '@evident/event-store/embedded';
import { openKeyring } from '@evident/log';
import type { View } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { openTemporaryLog, PeopleOnLog, type TemporaryLog } from '@evident/testing';

export interface Person {
  readonly uid: string;
  readonly username: string;
}

/** A data directory as a server leaves it, in a folder that also takes what is made of it. */
export interface DataDirectory {
  /** Everything of this spec; deleted by `remove`. */
  readonly folder: string;
  readonly path: string;
  readonly people: readonly Person[];
  /** The same log some events ago. */
  readonly olderLog: string;
  /** A copy to spoil. */
  copy(name: string): string;
  /** The same in a folder of its own. */
  clone(): DataDirectory;
  /** A path in the folder that nothing has yet. */
  place(name: string): string;
  /** The same directory opened as a server has it. */
  open(): Promise<TemporaryLog>;
  remove(): void;
}

const view: View<{ readonly text: string }> = { name: 'texts', version: 1, indexes: [['text']] };

export async function makeDataDirectory(options: { readonly people?: number } = {}): Promise<DataDirectory> {
  const folder = newFolder();
  const path = join(folder, 'data');
  const opened = await openTemporaryLog({ dataDir: path });
  const { log, masterKey, now } = opened;
  for (const service of ['auth-command', 'token-issuer'])
    await openKeyring(log, { service, purposes: ['passwords'], wrappingKey: masterKey, now });
  const population = new PeopleOnLog(log);
  const people: Person[] = [];
  for (let number = 0; number < (options.people ?? 3); number++) people.push(await population.addUser());
  await population.addApp();
  await backUpEmbeddedLog(join(path, 'events.db'), join(folder, olderLogName));
  for (const { uid } of people) await failedSignIn(opened, uid);
  await fillReadModel(join(path, 'read-models.db'), log.store);
  await log.close();
  return directoryIn(folder, people);
}

const olderLogName = 'older-events.db';

function directoryIn(folder: string, people: readonly Person[]): DataDirectory {
  const path = join(folder, 'data');
  const place = (name: string) => join(folder, name);
  return {
    ...{ folder, path, people, place, olderLog: place(olderLogName) },
    copy(name) {
      copyClosed(path, place(name));
      return place(name);
    },
    clone() {
      const other = newFolder();
      copyClosed(folder, other);
      chmodSync(join(other, 'data'), 0o700);
      return directoryIn(other, people);
    },
    open: () => openTemporaryLog({ dataDir: path }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'evident-cli-'));
}

function copyClosed(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  chmodSync(to, 0o700);
}

/** Seen with address and agent, which are sealed under the person's key. */
export async function failedSignIn({ log, now }: TemporaryLog, uid: string): Promise<void> {
  const stream = streams.signIn(log.tenant, uid);
  const commandId = randomUUID();
  const hash = log.lookup.hash('account', uid);
  const data = {
    ...{ purpose: 'verify', reason: 'wrong-password', userId: uid, appId: null },
    ...{ judged: { app: null, reservation: 0, user: 0 }, account: hash, caller: hash, at: now() },
  };
  const client = { clientIp: '192.0.2.7', userAgent: 'spec', clientPerson: uid };
  const metadata = { ...client, tenant: log.tenant, actor: 'system', commandId, correlationId: commandId };
  const id = eventId(commandId, stream, 'spec', 0);
  const events = await log.codec.encode([{ id, type: 'signin.failed', data }], {
    stream,
    metadata: { ...metadata, occurredAt: now() },
  });
  await log.store.append(stream, events, 'any');
}

/** Enough rows for several pages, and the checkpoint of a projection that has caught up. */
async function fillReadModel(path: string, store: EventStore): Promise<void> {
  const position = await store.lastPosition();
  if (position === undefined) throw new Error('the log is empty');
  const model = await openEmbeddedReadModel({ path });
  await model.prepare([view]);
  const { epoch } = await model.takeOver('directory');
  const rows = Array.from({ length: 200 }, (_, number) => ({
    key: String(number),
    row: { text: `${number} `.repeat(50) },
    position,
  }));
  await model.applyBatch('directory', { epoch, progress: { position, events: 1 }, writes: new Map([[view, rows]]) });
  await model.close();
}
