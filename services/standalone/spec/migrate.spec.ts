import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EventStore, eventDigest, type StoredEvent } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { openTemporaryLog } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { failedSignIn } from './data-directory.fixture.ts';
import { freshDirectory } from './fresh-directory.fixture.ts';
import { runLine } from './run-line.fixture.ts';

const deployment = freshDirectory();

const from = () => `sqlite:${join(deployment.path, 'events.db')}`;
const target = () => join(deployment.place('moved'), 'events.db');
const migrate = (...more: string[]) => runLine(['migrate', '--from', from(), '--to', `sqlite:${target()}`, ...more]);

async function eventsIn(path: string): Promise<StoredEvent[]> {
  const store = await openEmbeddedEventStore({ path, readOnly: true });
  return allOf(store).finally(() => store.close());
}

async function allOf(store: EventStore): Promise<StoredEvent[]> {
  const events = await store.readAll(undefined, 100_000);
  if ('outcome' in events) throw new Error('another log');
  return [...events];
}

describe('evident migrate', () => {
  it('makes a copy that a server starts on, with the same events, keys and people', async () => {
    const { code, out, err } = await migrate();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/Copied +\d+ events\nLog +\w+ \(was \w+\)\nRead back +each[\s\S]*People +3 keys copied\n/);
    const [before, after] = [await eventsIn(join(deployment.path, 'events.db')), await eventsIn(target())];
    expect(after.map(eventDigest)).toEqual(before.map(eventDigest));
    expect(after.map(({ origin }) => origin)).toEqual(before.map(({ position }) => position));
    const copy = await openTemporaryLog({ dataDir: deployment.place('moved') });
    const { state } = await copy.log.states.user.load(`user-main.${deployment.people[0]?.uid}`);
    expect(state.identifiers[0]?.value).toBe(deployment.people[0]?.username);
    await copy.close();
  });

  it('keeps who was erased erased, also where a run that did not end had copied their key', async () => {
    const [gone, stays] = deployment.people;
    await migrate();
    rmSync(target());
    const opened = await deployment.open();
    await opened.log.personKeys.erase(gone?.uid ?? '');
    await opened.close();
    expect((await migrate()).out).toMatch(/2 keys copied; 1 erased before, who stay so/);
    const copy = await openTemporaryLog({ dataDir: deployment.place('moved') });
    const names = await Promise.all(
      [gone, stays].map(async (person) => {
        const { state } = await copy.log.states.user.load(`user-main.${person?.uid}`);
        return state.identifiers[0]?.value;
      }),
    );
    expect(names).toEqual(['erased', stays?.username]);
    expect(await copy.log.personKeys.obtain([gone?.uid ?? ''])).toEqual(new Map());
    await copy.close();
  });

  it('copies beside a server, finishes only when it is stopped, and then copies what came since', async () => {
    const server = await deployment.open();
    const early = await migrate();
    expect(early).toMatchObject({ code: 1, out: '' });
    expect(early.err).toMatch(/events are copied and read back, and the source is in use[\s\S]*--wait/);
    expect(existsSync(target())).toBe(false);
    await failedSignIn(server, deployment.people[0]?.uid ?? '');
    await server.close();
    const { events, copied } = JSON.parse((await migrate('--json')).out);
    expect({ copied, events }).toEqual({ copied: 1, events: (await eventsIn(target())).length });
  });

  it('waits for the server to be stopped where it is asked to', async () => {
    const server = await deployment.open();
    const migrating = migrate('--wait', '--json');
    await failedSignIn(server, deployment.people[0]?.uid ?? '');
    await server.close();
    const { code, out } = await migrating;
    expect(code).toBe(0);
    expect(JSON.parse(out).events).toBe((await eventsIn(join(deployment.path, 'events.db'))).length);
  });

  it('run again says that it is finished, and tells where the old log was written to since', async () => {
    await migrate();
    expect((await migrate()).out).toMatch(/It was finished before, with \d+ events/);
    const server = await deployment.open();
    await failedSignIn(server, deployment.people[0]?.uid ?? '');
    await server.close();
    const again = await migrate();
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/1 that are not in the copy[\s\S]*Find out who went on writing/);
  });

  it('refuses a place that holds anything else, and leaves it as it was', async () => {
    const other = await openTemporaryLog({ dataDir: deployment.place('moved') });
    await other.close();
    const before = await eventsIn(target());
    const refused = await migrate();
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/Nothing was copied: .* holds a log already[\s\S]*never overwritten/);
    expect(await eventsIn(target())).toEqual(before);
  });

  it('says before it copies anything that the data key is missing or another', async () => {
    rmSync(join(deployment.path, 'data.key'));
    expect((await migrate()).err).toMatch(/no key file .*data\.key/);
    const env = { DATA_KEY: Buffer.alloc(32, 7).toString('base64') };
    const wrong = await runLine(['migrate', '--from', from(), '--to', `sqlite:${target()}`], { env });
    expect(wrong.err).toMatch(/DATA_KEY does not open the keyring of shared/);
    expect(existsSync(target())).toBe(false);
  });

  it('takes no key of another deployment for its own', async () => {
    await migrate('--json');
    const place = deployment.place('other');
    const other = await openTemporaryLog({ dataDir: place });
    await other.close();
    for (const name of ['events.db', 'events.db-wal', 'events.db-shm']) rmSync(join(place, name), { force: true });
    const refused = await runLine(['migrate', '--from', from(), '--to', `sqlite:${join(place, 'events.db')}`]);
    expect(refused.code).toBe(1);
    expect(readFileSync(join(place, 'data.key'))).not.toEqual(readFileSync(join(deployment.path, 'data.key')));
  });

  it('leaves the keys of people where both use the same', async () => {
    const beside = join(deployment.path, 'moved-events.db');
    const { out } = await runLine(['migrate', '--from', from(), '--to', `sqlite:${beside}`]);
    expect(out).toMatch(/their keys are left where they are/);
    expect(out).toContain(`--event-store sqlite:${beside}`);
  });
});

describe('evident log new-id', () => {
  it('makes positions from before strange to a log that was put back by other tools', async () => {
    const path = join(deployment.path, 'events.db');
    const [first] = await eventsIn(path);
    const named = await runLine(['log', 'new-id', '--data-dir', deployment.path, '--json']);
    const store = await openEmbeddedEventStore({ path, readOnly: true });
    expect(JSON.parse(named.out)).toEqual({ logId: store.logId });
    expect(await store.readAll(first?.position, 1)).toEqual({ outcome: 'log-changed', logId: store.logId });
    await store.close();
  });

  it('is refused while anybody has the log open', async () => {
    const server = await deployment.open();
    const { code, err } = await runLine(['log', 'new-id', '--data-dir', deployment.path]);
    expect(code).toBe(1);
    expect(err).toMatch(/is in use/);
    await server.close();
  });
});
