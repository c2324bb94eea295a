import { execFileSync } from 'node:child_process';
import { freePort } from '@evident/testing';
import { postJson } from '../load/plan.ts';
import { ask } from '../servers/ask.ts';
import { type Peer, password, startPeer, temporaryDirectory } from './peer.ts';

const administrator = { identity: 'admin@example.com', password: 'correct horse battery staple' };

/** The program that `go install github.com/pocketbase/pocketbase/examples/base@v0.36.8` makes; `POCKETBASE` says where. */
export const pocketBase: Peer = {
  name: 'PocketBase',
  version: '0.36.8',
  hash: 'bcrypt, cost 10: it has no other',
  evident: {},
  async start() {
    const [port, dataDir] = [await freePort(), temporaryDirectory('pocketbase')];
    const program = process.env.POCKETBASE ?? 'base';
    execFileSync(program, ['superuser', 'upsert', administrator.identity, administrator.password, '--dir', dataDir]);
    const address = `127.0.0.1:${port}`;
    const command = [program, 'serve', '--http', address, '--dir', dataDir, '--dev=false'] as const;
    return startPeer([...command], { url: `http://${address}`, path: '/api/health', dataDir });
  },
  async furnish(url) {
    const { token } = await ask(url, '/api/collections/_superusers/auth-with-password', { json: administrator });
    const signIn = [];
    const check = [];
    for (let index = 0; index < 40; index += 1) {
      const email = `bench${index}@example.com`;
      const user = { email, password, passwordConfirm: password };
      const { id } = await ask(url, '/api/collections/users/records', { token, json: user });
      const path = '/api/collections/users/auth-with-password';
      const signedIn = await ask(url, path, { json: { identity: email, password } });
      signIn.push(postJson(path, { identity: email, password }));
      const headers = { authorization: `Bearer ${signedIn.token}` };
      check.push({ method: 'GET', path: `/api/collections/users/records/${id}`, headers } as const);
    }
    return { signIn, check };
  },
};
