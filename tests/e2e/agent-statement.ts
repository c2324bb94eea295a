import { randomUUID, sign } from 'node:crypto';

type Members = Readonly<Record<string, unknown>>;

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** What an agent signs to get a token, as the published Python client writes it; members given take the place of its own. */
export function agentStatement(agent: { private_key: string; kid: string }, claims: Members = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const header = { alg: 'ED25519', typ: 'JWT', kid: agent.kid };
  const times = { exp: now + 300, nbf: now, iat: now };
  const body = { scopes: [], aud: 'sso', ...times, jti: randomUUID(), tenant_id: null, ...claims };
  const signed = `${encoded(header)}.${encoded(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), agent.private_key).toString('base64url')}`;
}
