import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudEvent } from '@evident/contracts';
import { eventRegistry, streams } from '@evident/domain';
import { eventId, type StoredEvent } from '@evident/event-store';
import { openTemporaryLog, PeopleOnLog, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPerson, type Reader, toCloudEvents } from './index.ts';

const golden = join(import.meta.dirname, '../../domain/golden');
const nobody: Reader = { mayRead: () => false, mayReadClient: () => false };
const commandId = '0198b7a0-0000-7000-8000-000000000001';
let temporary: TemporaryLog;
let people: PeopleOnLog;

beforeAll(async () => {
  temporary = await openTemporaryLog();
  people = new PeopleOnLog(temporary.log);
});
afterAll(() => temporary.remove());

const eventsOf = (stream: string) => temporary.log.store.readStream(stream);

/** One event as a command of a signed-in user would leave it. */
async function record(stream: string, type: string, data: unknown, person?: string): Promise<StoredEvent> {
  const { codec, store, tenant } = temporary.log;
  const metadata = {
    tenant,
    actor: 'user:7f000000-0000-4000-8000-000000000001',
    onBehalfOf: 'user:7f000000-0000-4000-8000-000000000002',
    commandId,
    correlationId: 'request 7',
    causationId: 'cause 7',
    occurredAt: 1,
    clientIp: '203.0.113.9',
    userAgent: 'browser 7',
    clientPerson: 'actor-7',
  };
  const id = eventId(commandId, stream, type, (await store.readStream(stream)).length);
  const encoded = await codec.encode([{ id, type, data }], {
    stream,
    metadata,
    ...(person === undefined ? {} : { person }),
  });
  await store.append(stream, encoded, 'any');
  const [last] = await store.readStreamEnd(stream, 1);
  if (last === undefined) throw new Error('nothing was appended');
  return last;
}

describe('an event as it is published', () => {
  it('says what happened, to whom, when, by whom, for whom, because of what and from where', async () => {
    const stored = await record(streams.app('main', 'aaaa'), 'app.changed', { name: 'Wiki', url: 'https://w' });
    const [event] = await toCloudEvents(temporary.log, everyPerson, [stored]);
    expect(event).toEqual({
      specversion: '1.0',
      id: stored.id,
      type: 'app.changed',
      source: '/tenants/main',
      subject: 'app:aaaa',
      time: new Date(stored.recordedAt).toISOString(),
      dataschema: 'urn:evident:app.changed:1',
      datacontenttype: 'application/json',
      data: { name: 'Wiki', url: 'https://w' },
      position: stored.position,
      revision: 0,
      actor: 'user:7f000000-0000-4000-8000-000000000001',
      onbehalfof: 'user:7f000000-0000-4000-8000-000000000002',
      commandid: commandId,
      correlationid: 'request 7',
      causationid: 'cause 7',
      clientip: '203.0.113.9',
      useragent: 'browser 7',
    });
    expect(cloudEvent.parse(event)).toEqual(event);
  });

  it('shows what is personal to those who may read the person only, and says so to the others', async () => {
    const person = await people.addUser({ username: 'ada' });
    const stored = (await eventsOf(streams.user('main', person.uid))).filter((each) => each.data.sealed !== undefined);
    const values = async (reader: Reader) =>
      (await toCloudEvents(temporary.log, reader, stored)).map(({ data }) => data?.value);
    expect(await values(everyPerson)).toEqual(['ada', person.email]);
    expect(await values(nobody)).toEqual(['sealed', 'sealed']);
    expect(await values({ ...nobody, mayRead: (id) => id === person.uid })).toEqual(['ada', person.email]);
  });

  it('does not show from where somebody acted to those who may not know', async () => {
    const stored = await record(streams.app('main', 'bbbb'), 'app.deactivated', {});
    const [event] = await toCloudEvents(temporary.log, nobody, [stored]);
    expect(event).not.toHaveProperty('clientip');
    expect(event).not.toHaveProperty('useragent');
  });

  it('reads as erased once the key of the person is gone', async () => {
    const person = await people.addUser({ username: 'bob' });
    const stored = (await eventsOf(streams.user('main', person.uid))).find((each) => each.data.sealed !== undefined);
    const acted = await record(streams.app('main', 'cccc'), 'app.reactivated', {});
    await temporary.log.personKeys.erase(person.uid);
    await temporary.log.personKeys.erase('actor-7');
    const events = await toCloudEvents(temporary.log, everyPerson, stored === undefined ? [] : [stored, acted]);
    expect(events[0]?.data?.value).toBe('erased');
    expect(events[1]).toMatchObject({ clientip: 'erased', useragent: 'erased' });
  });

  it('shows nothing of an event that this program cannot read, and says why', async () => {
    const stored = await record(streams.app('main', 'dddd'), 'app.changed', { name: 'Wiki', url: 'https://w' });
    const newer = { ...stored, schema: 9, data: { secretOfTomorrow: 'x' } };
    const unknown = { ...stored, type: 'app.teleported' };
    const events = await toCloudEvents(temporary.log, everyPerson, [newer, unknown]);
    expect(events).toMatchObject([
      { data: null, unreadable: 'newer-schema', dataschema: 'urn:evident:app.changed:9' },
      { data: null, unreadable: 'unknown-type' },
    ]);
  });

  it.each(eventRegistry.definitions.map((definition) => [definition.type, definition] as const))(
    'leaves out what is secret in %s, for whomever it is read',
    async (type, { schema, secret, personal }) => {
      const newest = readdirSync(golden).find((file) => file.startsWith(`${type}.v${schema}.`));
      const file = JSON.parse(readFileSync(join(golden, newest ?? ''), 'utf8')) as Record<string, unknown>;
      const data = (file.data ?? file) as Record<string, unknown>;
      const stored = await record(streams.user('main', '7f000000-0000-4000-8000-00000000000a'), type, data);
      for (const reader of [everyPerson, nobody]) {
        const [event] = await toCloudEvents(temporary.log, reader, [stored]);
        expect(Object.keys(event?.data ?? {})).not.toContain('sealed');
        for (const member of secret) expect(event?.data).not.toHaveProperty(member);
        const open = Object.keys(data).filter((member) => !secret.includes(member) && !personal.includes(member));
        expect(event?.data).toMatchObject(Object.fromEntries(open.map((member) => [member, data[member]])));
      }
    },
  );
});
