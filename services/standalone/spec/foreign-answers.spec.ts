import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLine } from './run-line.fixture.ts';

let answer = '';
const server = createServer((_request, response) => void response.end(answer));
let url = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const id = '00000000-0000-4000-8000-000000000000';
const lines = [
  'audit events',
  `audit history user:${id}`,
  `audit state user:${id}`,
  `audit diff user:${id}`,
  'audit access --app 1',
  'audit sign-ins',
  'audit seals',
  'audit replay',
  'audit undo --correlation monday-1',
  'keys list',
  'keys rotate',
  `person erase user:${id}`,
  'projections list',
  'projections rebuild users',
  'projections verify users',
  'projections parked users',
  `projections parked users --retry ${id}`,
  'webhooks create https://hooks.example.com',
  'webhooks list',
  `webhooks change ${id} --types *`,
  `webhooks replay ${id} --from new`,
  `webhooks pause ${id}`,
  `webhooks remove ${id}`,
];
const answers = [
  '{"status": "ok"}',
  'null',
  '[{}]',
  '{"events": [{}], "changes": [{}], "access": [{}], "signIns": [{}], "seals": [{}], "steps": [{}], "webhooks": [{}]}',
];

describe.each(lines)('%s', (line) => {
  it.each(answers)('takes nothing that another program answers for the answer of a server: %s', async (foreign) => {
    answer = foreign;
    for (const format of [[], ['--json']]) {
      if (line.startsWith('person') && format.length > 0) continue;
      const words = [...line.split(' '), ...format, '--url', url];
      const { code, out, err } = await runLine(words, { env: { EVIDENT_TOKEN: 'x' } });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/What answers at http:\S+ is not Evident, or one of another version\.\nCheck --url\.\n$/);
    }
  });
});
