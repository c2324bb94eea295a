import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../load/load.ts';
import { type PlannedRequest, postJson } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { httpConnections } from '../servers/echo.ts';
import { residentMib } from '../servers/resident-memory.ts';
import { standalone } from '../servers/standalone.ts';
import { type Peer, type PeerRequests, password } from './peer.ts';

/** Keeps every processor busy; Keycloak on its file database refuses a share of what a crowd asks. */
const signInConnections = 16;

interface Standing extends PeerRequests {
  readonly url: string;
  readonly coldStartMs: number;
  readonly idleMib: number;
}

/**
 * Evident beside a peer, by the same generator: sign-ins a second, then whose a credential is, each server's memory
 * before it was asked anything, and its first start. A ratio over 1 says that Evident is ahead.
 */
export function signInProgram(peer: Peer): Program {
  const theirs: Resource<Standing> = async ({ option }) => {
    const running = await peer.start();
    const idleMib = await idleMemory(running.pid, option('idle', 10));
    const requests = await peer.furnish(running.url);
    const { url, coldStartMs, close } = running;
    return { value: { url, coldStartMs, idleMib, ...requests }, close };
  };
  const server = standalone({ ...peer.evident, VERIFY_MEMO: 'off' });
  const ours: Resource<Standing> = async ({ use, option }) => {
    const began = performance.now();
    const { url, process: child, administrator } = await use(server);
    const coldStartMs = performance.now() - began;
    const idleMib = await idleMemory(child.pid, option('idle', 10));
    const requests = await furnishEvident(url, administrator);
    return { value: { url, coldStartMs, idleMib, ...requests }, close: () => undefined };
  };
  return {
    name: `peer-${peer.name.toLowerCase()}`,
    measures: `sign-ins beside ${peer.name} ${peer.version}; its hash: ${peer.hash}`,
    unit: 'per second',
    limit: `${peer.name} ${peer.version}`,
    budget: [
      { of: 'ratio', least: 1, isAim: true },
      { of: 'checks: Evident / peer', least: 1, isAim: true },
    ],
    async run({ use, seconds }) {
      const [us, them] = [await use(ours), await use(theirs)];
      const signIns = ({ url, signIn: requests }: Standing) =>
        load({ url, seconds, connections: signInConnections, requests });
      const checks = ({ url, check: requests }: Standing) =>
        load({ url, seconds, connections: httpConnections, requests });
      const limit = await signIns(them);
      const figure = await signIns(us);
      const [their, our] = [await checks(them), await checks(us)];
      return {
        figure: figure.perSecond,
        limit: limit.perSecond,
        also: {
          'checks, per second': our.perSecond,
          'checks of the peer, per second': their.perSecond,
          'checks: Evident / peer': our.perSecond / their.perSecond,
          'idle memory, MiB': us.idleMib,
          'idle memory of the peer, MiB': them.idleMib,
          'first start, ms': us.coldStartMs,
          'first start of the peer, ms': them.coldStartMs,
        },
      };
    },
  };
}

async function idleMemory(pid: number | undefined, seconds: number): Promise<number> {
  await pause(seconds * 1_000);
  return residentMib(pid);
}

async function furnishEvident(url: string, administrator: Readonly<Record<string, string>>): Promise<PeerRequests> {
  const { access_token: token } = await ask(url, '/token', { form: administrator });
  const signIn: PlannedRequest[] = [];
  const check: PlannedRequest[] = [];
  for (let index = 0; index < 40; index += 1) {
    const username = `bench${index}`;
    await ask(url, '/users/', { token, json: { username, email: `${username}@example.com`, password } });
    const asked = { identifier: username, secret: password };
    const { access_token } = await ask(url, '/api/sso/v1/auth/login', { json: asked });
    signIn.push(postJson('/api/sso/v1/auth/login', asked));
    check.push({ method: 'GET', path: '/api/sso/v1/me', headers: { authorization: `Bearer ${access_token}` } });
  }
  return { signIn, check };
}
