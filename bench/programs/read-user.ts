import type { Program } from '../program.ts';
import { askBesideEcho, echoLimit } from '../servers/echo.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';

const server = furnished(standalone());

export const readUser: Program = {
  name: 'read-user',
  measures: 'GET /users/{id} by an administrator, of each user in turn',
  unit: 'per second',
  limit: echoLimit,
  budget: [],
  async run(round) {
    const { users, token } = await round.use(server);
    const headers = { authorization: `Bearer ${token}` };
    const requests = users.map(({ id }) => ({ method: 'GET' as const, path: `/users/${id}`, headers }));
    return askBesideEcho(round, server, requests);
  },
};
