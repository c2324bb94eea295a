import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@evident/testing';
import { postJson } from '../load/plan.ts';
import { type Peer, password, startPeer, temporaryDirectory } from './peer.ts';

const here = import.meta.dirname;

export const betterAuth: Peer = {
  name: 'better-auth',
  version: '1.7.25',
  hash: 'argon2id m=19456 t=2 p=1 by the same library',
  evident: {},
  async start() {
    mustBeInstalled();
    const [port, dataDir] = [await freePort(), temporaryDirectory('better-auth')];
    const command = [process.execPath, join(here, 'better-auth.mjs'), dataDir, `${port}`, '19456', '2'] as const;
    return startPeer([...command], { url: `http://127.0.0.1:${port}`, path: '/api/auth/ok', dataDir });
  },
  async furnish(url) {
    const signIn = [];
    const check = [];
    for (let index = 0; index < 40; index += 1) {
      const user = { name: 'Bench', email: `bench${index}@example.com`, password };
      const answer = await fetch(`${url}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(user),
      });
      const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
      if (cookie === undefined) throw new Error(`better-auth: ${answer.status} ${await answer.text()}`);
      signIn.push(postJson('/api/auth/sign-in/email', { email: user.email, password }));
      check.push({ method: 'GET', path: '/api/auth/get-session', headers: { cookie } } as const);
    }
    return { signIn, check };
  },
};

export function mustBeInstalled(): void {
  if (existsSync(join(here, 'node_modules'))) return;
  throw new Error('this program needs its peers: npm ci --prefix bench/peers');
}
