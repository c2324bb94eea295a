import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@evident/testing';
import { ask } from '../servers/ask.ts';
import { type Peer, password, startPeer, temporaryDirectory } from './peer.ts';

const token = '/realms/master/protocol/openid-connect/token';
const administrator = { username: 'admin', password: 'correct horse battery staple' };

/** The unpacked archive org.keycloak:keycloak-quarkus-dist of Maven Central; `KEYCLOAK_HOME` says where. Needs Java. */
export const keycloak: Peer = {
  name: 'Keycloak',
  version: '26.0.7',
  hash: 'argon2id m=7168 t=5 p=1, as it ships',
  evident: { ARGON2_MEMORY_KIB: '7168', ARGON2_PASSES: '5' },
  async start() {
    const home = process.env.KEYCLOAK_HOME;
    if (home === undefined) throw new Error('this program needs KEYCLOAK_HOME, the unpacked keycloak-quarkus-dist');
    const [port, dataDir] = [await freePort(), temporaryDirectory('keycloak')];
    cpSync(home, dataDir, { recursive: true });
    const program = join(dataDir, 'bin/kc.sh');
    execFileSync(program, ['build', '--db=dev-file', '--health-enabled=false'], { stdio: 'ignore' });
    const listen = [
      '--cache=local',
      '--http-enabled=true',
      '--hostname-strict=false',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
    ];
    return startPeer([program, 'start', '--optimized', ...listen], {
      url: `http://127.0.0.1:${port}`,
      path: '/realms/master',
      env: { KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username, KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password },
      dataDir,
    });
  },
  async furnish(url) {
    const granted = { grant_type: 'password', client_id: 'admin-cli', scope: 'openid' };
    const signIn = [];
    const check = [];
    for (let index = 0; index < 40; index += 1) {
      const username = `bench${index}`;
      // The administrator's token lives for a minute only.
      const { access_token: admin } = await ask(url, token, { form: { ...granted, ...administrator } });
      await createUser(url, admin, username);
      const form = { ...granted, username, password };
      const signedIn = await ask(url, token, { form });
      const body = `${new URLSearchParams(form)}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      signIn.push({ method: 'POST', path: token, headers, body } as const);
      const bearer = { authorization: `Bearer ${signedIn.access_token}` };
      const path = '/realms/master/protocol/openid-connect/userinfo';
      check.push({ method: 'GET', path, headers: bearer } as const);
    }
    return { signIn, check: check.slice(-10) };
  },
};

async function createUser(url: string, admin: string, username: string): Promise<void> {
  const user = { username, enabled: true, firstName: 'Bench', lastName: 'Bench', email: `${username}@example.com` };
  const answer = await fetch(`${url}/admin/realms/master/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...user, credentials: [{ type: 'password', value: password, temporary: false }] }),
  });
  if (answer.status !== 201) throw new Error(`Keycloak: ${answer.status} ${await answer.text()}`);
}
