import {
  changeWebhook,
  erasePerson,
  getRebuild,
  getWebhook,
  listParked,
  listProjections,
  listWebhooks,
  pauseWebhook,
  proveEvent,
  retryParkedEvent,
  succeed,
  verifyProjection,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const long = 'x'.repeat(257);

describe("a refused input of Evident's own routes says what would be right", () => {
  it.each([
    ['/audit/events?correlation=', 'query.correlation: String should have at least 1 character.'],
    [`/audit/events?correlation=${long}`, 'query.correlation: String should have at most 256 characters.'],
    [`/events?types=${'x'.repeat(2_049)}`, 'query.types: String should have at most 2048 characters.'],
    [`/audit/history/${long}`, 'path.subject: String should have at most 240 characters.'],
    ['/events?type=user.*', 'query.type: Input should not be here.'],
    ['/ops/webhooks?after=x', 'query.after: Input should be a UUID.'],
    ['/ops/webhooks?url=https://example.com', 'query.url: Input should not be here.'],
    ['/audit/events?types=user.*', 'query.types: Input should not be here.'],
    ['/audit/replay?type=user.*', 'query.type: Input should not be here.'],
    ['/audit/sign-ins?actor=user:7', 'query.actor: Input should not be here.'],
    ['/audit/access?app=1&time=2026-01-25T12:00:00Z', 'query.time: Input should not be here.'],
    ['/audit/state/user:7?to=2026-01-25T12:00:00Z', 'query.to: Input should not be here.'],
    ['/audit/diff/user:7?at=2026-01-25T12:00:00Z', 'query.at: Input should not be here.'],
    ['/audit/history/user:7?from=2026-01-25T12:00:00Z', 'query.from: Input should not be here.'],
    ['/audit/log/seals?from=2026-01-25T12:00:00Z', 'query.from: Input should not be here.'],
  ])('$1', async (path, detail) => {
    const { status, json } = await gateway.call('GET', path);
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'request.invalid', detail } });
  });

  it.each([
    ['/audit/undo', { correlation: long }, 'body.correlation: String should have at most 256 characters.'],
    ['/audit/undo', { correlation: 'x', form: 'y' }, 'body.form: Input should not be here.'],
    ['/ops/webhooks', { url: 'https://example.com', types: [] }, 'body.types: List should have at least 1 item.'],
    ['/ops/webhooks', { url: '' }, 'body.url: String should have at least 1 character.'],
  ])('$2', async (path, json, detail) => {
    const answer = await gateway.call('POST', path, { json });
    expect(answer).toMatchObject({ status: 422, json: { code: 'request.invalid', detail } });
  });
});

it.each([{ authorization: '' }, { authorization: 'eyJh.eyJz.c2ln' }, { authorization: 'Basic YTpi' }])(
  'who sends no credential is told how one is sent: %j',
  async (headers) => {
    const { status, json } = await gateway.call('GET', '/events', { headers });
    const detail = 'No credential was sent: an access token or API key goes into Authorization: Bearer <it>.';
    expect({ status, json }).toMatchObject({ status: 401, json: { code: 'caller.not-authenticated', detail } });
  },
);

it('nobody is erased where a parameter is misspelt, as that could not be made good', async () => {
  const { status, json } = await gateway.call(
    'DELETE',
    '/ops/people/user:00000000-0000-4000-8000-000000000007?identifer=freed',
  );
  const detail = 'query.identifer: Input should not be here.';
  expect({ status, json }).toMatchObject({ status: 400, json: { code: 'request.invalid', detail } });
});

describe('a name in a path that nothing can have is unknown, not malformed:', () => {
  beforeAll(() => {
    const { services } = gateway;
    services.fail(proveEvent, 'audit.unknown-subject');
    services.answer(listProjections, () => succeed({ projections: [] }));
    services.fail(verifyProjection, 'projection.unknown');
    services.fail(getRebuild, 'projection.unknown-job');
    services.answer(listParked, () => succeed({ parked: [] }));
    services.fail(retryParkedEvent, 'projection.not-parked');
    for (const contract of [getWebhook, changeWebhook, pauseWebhook]) services.fail(contract, 'webhook.unknown');
  });

  it.each([
    ['GET', '/audit/log/proof/x', 'audit.unknown-subject'],
    ['POST', '/ops/projections/Users/rebuild', 'projection.unknown'],
    ['POST', '/ops/projections/%20/verify', 'projection.unknown'],
    ['GET', '/ops/projections/users/rebuild/x', 'projection.unknown-job'],
    ['POST', '/ops/projections/users/parked/x/retry', 'projection.not-parked'],
    ['GET', '/ops/webhooks/x', 'webhook.unknown'],
    ['PATCH', '/ops/webhooks/x', 'webhook.unknown'],
    ['POST', '/ops/webhooks/x/pause', 'webhook.unknown'],
  ])('%s %s', async (method, path, code) => {
    const answer = await gateway.call(method, path, method === 'PATCH' ? { json: {} } : {});
    expect(answer).toMatchObject({ status: 404, json: { code } });
  });
});

describe('a UUID in upper case is the one in lower case (RFC 9562 section 4):', () => {
  const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';

  it.each([
    ['GET', `/audit/log/proof/${uid.toUpperCase()}`, proveEvent, { eventId: uid }],
    ['GET', `/ops/projections/users/rebuild/${uid.toUpperCase()}`, getRebuild, { job: uid }],
    ['GET', `/ops/webhooks/${uid.toUpperCase()}`, getWebhook, { id: uid }],
    ['GET', `/ops/webhooks?after=${uid.toUpperCase()}`, listWebhooks, { after: uid }],
    ['DELETE', `/ops/people/user:${uid.toUpperCase()}`, erasePerson, { userId: uid }],
  ] as const)('%s %s', async (method, path, contract, expected) => {
    await gateway.call(method, path);
    expect(gateway.services.askedOf(contract).at(-1)?.payload).toMatchObject(expected);
  });
});
