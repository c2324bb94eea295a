import { identityProjectionContracts, type MessageContract } from '@evident/contracts';
import { eventRegistry } from '@evident/domain';
import { createMetrics, HealthChecks, StartupProblem } from '@evident/runtime';
import { openTemporaryLog, requestContext, silentLogger } from '@evident/testing';
import { bindHandlers } from '@evident/transport';
import { InProcessTransport } from '@evident/transport/in-process';
import { afterEach, describe, expect, it } from 'vitest';
import { IdentityProjectionController } from './identity-projection.controller.ts';
import { createIdentityProjection } from './index.ts';
import { projectionGroups } from './projections/groups.ts';
import { PeopleController } from './queries/people/people.controller.ts';
import { type RunningProjection, type RunOptions, runProjection } from './running-projection.fixture.ts';
import { SessionsController } from './sessions/sessions.controller.ts';

let running: RunningProjection | undefined;
afterEach(async () => {
  await running?.end();
  running = undefined;
});

async function begin(options: RunOptions = {}): Promise<RunningProjection> {
  running = await runProjection(options);
  return running;
}

describe('the controller', () => {
  it('answers every message of the service, each in the shape of its contract', async () => {
    const { queries, sessionQueries, people, asAdministrator } = await begin();
    const app = await people.addApp();
    const user = await people.addUser();
    const position = await people.changeUser(user.uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    const handlers = bindHandlers(
      new IdentityProjectionController(queries),
      new PeopleController(queries),
      new SessionsController(sessionQueries),
    );
    const subjects = (contracts: Iterable<MessageContract>) => [...contracts].map(({ subject }) => subject).sort();
    expect(subjects([...handlers].map(({ contract }) => contract))).toEqual(subjects(identityProjectionContracts));

    const transport = new InProcessTransport({ checkReplies: true });
    transport.serve(handlers);
    const page = { skip: 0, limit: 100 };
    const payloads: Record<string, object> = {
      'find-sign-in': { identifier: { kind: 'username', lookup: user.usernameLookup }, appId: app.uid },
      'get-user': { id: user.number },
      'list-users': { ...page, q: 'u' },
      'get-app': { id: app.number },
      'list-apps': page,
      'list-app-users': { ...page, id: app.number },
      'get-revocations': { since: 0 },
      'get-status': {},
      'read-events': { limit: 10 },
      'audit-events': { limit: 10, order: 'asc' },
      'audit-history': { subject: `user:${user.uid}` },
      'audit-state': { subject: `user:${user.uid}` },
      'audit-diff': { subject: `user:${user.uid}` },
      'audit-access': { app: `app:${app.uid}`, limit: 10 },
      'audit-sign-ins': { limit: 10 },
      'list-open-claims': { before: Date.now(), limit: 10 },
      'get-person': { uid: user.uid },
      'list-people': page,
      'list-identifiers': { userId: user.uid },
      'list-credentials': { userId: user.uid },
      'get-profile': { userId: user.uid },
      'list-profiles': page,
      'list-sessions': page,
      'list-agents': page,
      'list-api-keys': page,
    };
    // There is none of these yet.
    const unknown: Record<string, object> = {
      'get-session': { sessionId: user.uid },
      'get-agent': { uid: user.uid },
      'get-api-key': { uid: user.uid },
      'verify-api-key': { key: 'usso_sk_none' },
    };
    for (const contract of identityProjectionContracts as readonly MessageContract[]) {
      const { name } = contract;
      const reply = await transport.request(contract, payloads[name] ?? unknown[name], asAdministrator(position));
      expect(reply, name).toMatchObject(name in unknown ? { error: { code: expect.any(String) } } : { ok: true });
    }
  });
});

describe('the service', () => {
  it('is down until its rows have passed where the log stood, then ready', async () => {
    const held = await begin({ start: false });
    expect((await held.health.ready()).body).toMatchObject({ status: 'down' });
    held.start();
    await held.heard(() => true);
    await held.queries.getStatus({}, held.asAdministrator(held.administrator.position));
    expect((await held.health.ready()).body).toMatchObject({ status: 'ok' });
  });

  it('says for each projection how far it has come', async () => {
    const { queries, asAdministrator, administrator } = await begin();
    const status = await queries.getStatus({}, asAdministrator(administrator.position));
    const names = Object.values(projectionGroups).flatMap((group) => group.map(({ name }) => name));
    if (!status.ok) throw new Error(status.error.code);
    expect(status.value.projections.map(({ name }) => name)).toEqual(names);
    expect(status.value.projections[0]).toMatchObject({ version: 2, lagEvents: 0, lagMs: 0, state: 'live', parked: 0 });
  });

  it('measures lag and parked events of each group', async () => {
    const { metrics, heard } = await begin();
    const measured = async () =>
      (await metrics.render()).match(/projection_lag_events\{[^}]*"security"[^}]*\} (\d+)/)?.[1];
    while ((await measured()) === undefined) await heard(() => true);
    expect(await measured()).toBe('0');
  });

  it('logs nothing personal and no hash', async () => {
    const lines: string[] = [];
    const write = (fields: object, text: string) => lines.push(JSON.stringify(fields), text);
    const logger = {
      ...silentLogger,
      trace: write,
      debug: write,
      info: write,
      warn: write,
      error: write,
      fatal: write,
    };
    const { people, queries, asAdministrator } = await begin({
      logger: { ...logger, child: () => ({ ...logger }) as never },
    });
    const user = await people.addUser({
      username: 'Mallory',
      email: 'mallory@example.com',
      passwordHash: 'sealed-hash',
    });
    await queries.listUsers({ skip: 0, limit: 10, q: 'mallory' }, asAdministrator(user.position));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n').toLowerCase()).not.toMatch(/mallory|sealed-hash/);
  });

  it('applies no event type that the domain does not have', () => {
    const types = Object.values(projectionGroups).flatMap((group) => group.flatMap(({ types }) => [...types]));
    expect(types.filter((type) => eventRegistry.get(type) === undefined)).toEqual([]);
  });

  it('does not start on a read model that it has no adapter for, and says what to do', async () => {
    const temporary = await openTemporaryLog({ env: { READ_MODEL_URL: 'mongodb://127.0.0.1:27017/evident' } });
    const starting = createIdentityProjection({
      ...temporary,
      broadcast: new InProcessTransport(),
      logger: silentLogger,
      metrics: createMetrics('spec'),
      health: new HealthChecks(),
    });
    await expect(starting).rejects.toThrow(StartupProblem);
    await expect(starting).rejects.toThrow(/READ_MODEL_URL/);
    await temporary.remove();
  });

  it('answers whoever needs no permission without a credential', async () => {
    const { queries } = await begin();
    const identifier = { kind: 'username', lookup: 'k1.nobody' } as const;
    expect(await queries.findSignIn({ identifier }, requestContext())).toMatchObject({ ok: true });
    expect(await queries.getRevocations({ since: 0 }, requestContext())).toMatchObject({ ok: true });
    expect(await queries.getStatus({}, requestContext())).toMatchObject({ ok: true });
    expect(await queries.listOpenClaims({ before: 1, limit: 1 }, requestContext())).toMatchObject({ ok: true });
  });
});
