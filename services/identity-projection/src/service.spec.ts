import { identityProjectionContracts, type MessageContract } from '@evident/contracts';
import { eventRegistry } from '@evident/domain';
import { createMetrics, HealthChecks, StartupProblem } from '@evident/runtime';
import { AccessOnLog, MachinesOnLog, openTemporaryLog, requestContext, silentLogger } from '@evident/testing';
import { bindHandlers } from '@evident/transport';
import { InProcessTransport } from '@evident/transport/in-process';
import { afterEach, describe, expect, it } from 'vitest';
import { identityControllers } from './identity-projection.module.ts';
import { createIdentityProjection } from './index.ts';
import { projectionGroups } from './projections/groups.ts';
import { usersView } from './projections/users.projection.ts';
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
    const { queries, sessionQueries, people, temporary, asAdministrator } = await begin();
    const app = await people.addApp();
    const user = await people.addUser();
    await people.changeUser(user.uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    const access = new AccessOnLog(temporary.log);
    const [role, workspace] = [await access.addRole(), await access.addWorkspace()];
    const machines = new MachinesOnLog(temporary.log);
    const agent = await machines.addAgent([]);
    const key = await machines.addKey({ kind: 'agent', id: agent.uid });
    const [, claims = ''] = asAdministrator().credential?.split('.') ?? [];
    const { sid: sessionId } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const handlers = bindHandlers(
      ...identityControllers.map((Each) => new Each(queries)),
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
      'get-role': { uid: role.uid },
      'list-roles': page,
      'find-roles': { names: ['Role'] },
      'get-workspace': { uid: workspace.uid },
      'list-workspaces': page,
      'list-members': { ...page, workspaceId: workspace.uid },
      'list-workspace-users': { ...page, workspaceId: workspace.uid },
      'get-agent': { uid: agent.uid },
      'list-agents': page,
      'get-api-key': { uid: key.uid },
      'list-api-keys': page,
      'verify-api-key': { key: key.key },
      'list-sessions': page,
      'get-session': { sessionId },
      'read-events': { limit: 10 },
      'audit-events': { limit: 10, order: 'asc' },
      'audit-history': { subject: `user:${user.uid}` },
      'audit-state': { subject: `user:${user.uid}` },
      'audit-diff': { subject: `user:${user.uid}` },
      'audit-access': { app: `app:${app.uid}`, limit: 10 },
      'audit-sign-ins': { limit: 10 },
      'list-seals': { after: 0, limit: 10 },
      'prove-event': { eventId: user.uid },
      'list-open-claims': { before: Date.now(), limit: 10 },
      'get-person': { uid: user.uid },
      'list-people': page,
      'list-identifiers': { userId: user.uid },
      'list-credentials': { userId: user.uid },
      'get-profile': { userId: user.uid },
      'list-profiles': page,
    };
    for (const contract of identityProjectionContracts as readonly MessageContract[]) {
      const reply = await transport.request(contract, payloads[contract.name], asAdministrator(key.position));
      // Nothing is sealed here, so this one is refused.
      const expected = contract.name === 'prove-event' ? { error: { code: 'audit.unknown-subject' } } : { ok: true };
      expect(reply, contract.name).toMatchObject(expected);
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
    expect(status.value.projections[0]).toMatchObject({
      version: usersView.version,
      lagEvents: 0,
      lagMs: 0,
      state: 'live',
      parked: 0,
    });
  });

  it('measures lag and parked events of each group', async () => {
    const { metrics, heard } = await begin();
    const measured = async () =>
      (await metrics.render()).match(/projection_lag_events\{[^}]*"security"[^}]*\} (\d+)/)?.[1];
    while ((await measured()) !== '0') await heard(() => true);
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

  it('does not start where MongoDB does not answer, and says what to do', async () => {
    const url = 'mongodb://127.0.0.1:9/evident?serverSelectionTimeoutMS=100';
    const temporary = await openTemporaryLog({ env: { READ_MODEL_URL: url } });
    const starting = createIdentityProjection({
      ...temporary,
      broadcast: new InProcessTransport(),
      logger: silentLogger,
      metrics: createMetrics('spec'),
      health: new HealthChecks(),
    });
    await expect(starting).rejects.toThrow(StartupProblem);
    await expect(starting).rejects.toMatchObject({ remedy: expect.stringContaining('READ_MODEL_URL') });
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
