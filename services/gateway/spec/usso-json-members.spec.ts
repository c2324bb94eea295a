import { changePerson, changeProfile, createWorkspace, fail } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

const base = '/api/sso/v1';
const uid = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f60';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  for (const contract of [changePerson, changeProfile, createWorkspace])
    gateway.services.answer(contract, () => fail('caller.not-permitted'));
});
afterAll(() => gateway.close());

const takers = [
  ['PATCH', `${base}/users/${uid}`, 'custom_claims', changePerson],
  ['PATCH', `${base}/profiles/mine`, 'profile_data', changeProfile],
  ['POST', `${base}/workspaces`, 'settings', createWorkspace],
] as const;

describe.each(takers)('%s %s takes members of its client’s own making', (method, path, member, contract) => {
  const send = (text: string) =>
    gateway.call(method, path, {
      body: `{"name":"n","${member}":${text}}`,
      headers: { 'content-type': 'application/json' },
    });

  it.each([
    [String.raw`{"a":"\ud800"}`, ['a'], 'string_unicode'],
    [String.raw`{"a":{"b":[1,"\udc00\ud800"]}}`, ['a', 'b', 1], 'string_unicode'],
    [String.raw`{"a":"\u0000"}`, ['a'], 'value_error'],
    [String.raw`{"a":{"\ud800":1}}`, ['a', '\ud800'], 'string_unicode'],
    [String.raw`{"\u0000":1}`, ['\0'], 'value_error'],
    ['{"a":[1e999]}', ['a', 0], 'finite_number'],
    ['{"a":-1e999}', ['a'], 'finite_number'],
  ])('but none that is not the same in every store: %s', async (text, place, type) => {
    gateway.services.asked.length = 0;
    const { status, json } = await send(text);
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', member, ...place], type }] },
    });
    expect(gateway.services.askedOf(contract)).toEqual([]);
  });

  it.each(['{}', String.raw`{"a":"\\u0000 \ud83d\ude00","":[null,true,{"b":-1.5e3}]}`])(
    'as they are: %s',
    async (text) => {
      expect((await send(text)).status).toBe(403);
      const [{ payload = {} } = {}] = gateway.services.askedOf(contract).slice(-1);
      expect(Object.values(payload as object)).toContainEqual(JSON.parse(text));
    },
  );
});
