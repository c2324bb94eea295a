import { createPrivateKey } from 'node:crypto';
import { agentStatement } from '../e2e/agent-statement.ts';
import type { Body, Call } from '../e2e/http.ts';
import { type IssuedSecret, needlesOf } from './needles.ts';

type Ask = (path: string, options?: Call) => Promise<Body>;

const base = '/api/sso/v1';

/** Makes agents and API keys, uses and mislays their secrets; what none of them may be found as afterwards. */
export async function playMachines(
  ask: Ask,
  token: string,
): Promise<{ readonly keys: readonly IssuedSecret[]; readonly tokens: readonly IssuedSecret[] }> {
  const agent = await ask(`${base}/agents`, { token, json: { name: 'Warbler', scopes: ['read:sso/user'] } });
  const issued = await ask(`${base}/apikeys`, { token, json: { agent_id: agent.id, name: 'Warbler' } });
  const other = await ask(`${base}/api-keys`, { token, json: { scopes: ['read:sso/user'], expires_in_days: 1 } });
  const { key } = issued;
  const statement = agentStatement(agent);
  const given = await ask(`${base}/agents/auth`, { method: 'POST', token: statement });
  await ask(`${base}/agents/auth`, { method: 'POST', token: statement });
  await ask(`${base}/agents/scopes`, { method: 'POST', token: agentStatement(agent) });
  await ask(`${base}/agents/${agent.id}`, { token: given.access_token });
  await ask('/users/', { headers: { 'x-api-key': key } });
  await ask(`${base}/apikeys`, { token: key });
  await ask(`${base}/apikeys/verify`, { json: { api_key: key } });
  const spoilt = `${key.slice(0, -8)}AAAAAAAA`;
  await ask(`${base}/apikeys/verify`, { json: { api_key: spoilt } });
  await ask(`${base}/apikeys/${key}?key=${key}`, { token });
  await ask(`${base}/agents/${statement}`, { token: key });
  await ask(`${base}/agents/auth?jwt=${statement}`, {
    method: 'POST',
    headers: { cookie: `usso-access-token=${key}` },
  });
  await ask(`${base}/agents`, { token, json: { name: 'x', verify_key: agent.private_key } });
  await ask(`${base}/agents`, { token, json: { name: key, scopes: [key], workspace_id: key } });
  await ask(`${base}/agents/${agent.id}`, { token, method: 'PATCH', json: { verify_key: agent.private_key } });
  await ask(`${base}/apikeys/${other.id}`, { token, method: 'DELETE' });
  await ask(`${base}/agents/${agent.id}`, { token, method: 'DELETE' });

  const digested = { digests: true };
  const secret = (what: string, text: string) => ({ what, needles: needlesOf(text, digested) });
  // Of the secret of a key, not of the identifier that comes before it and is written everywhere.
  const secretPart = (text: string) => text.slice(-40);
  return {
    keys: [
      { ...secret('the key of an agent', secretPart(key)), issued: true },
      { ...secret('the key of a person', secretPart(other.key)), issued: true },
      secret('a spoilt key', secretPart(spoilt)),
      { what: 'the private key of an agent', needles: needlesOfPrivateKey(agent.private_key), issued: true },
    ],
    tokens: [
      {
        what: 'the signature of the token of an agent',
        needles: needlesOf(signatureOf(given.access_token)),
        issued: true,
      },
      { what: 'the signature of a statement', needles: needlesOf(signatureOf(statement)) },
    ],
  };
}

function signatureOf(token: string): string {
  return token.split('.')[2] ?? '';
}

/** The line of its PEM, and the 32 bytes from which all of it can be made. */
function needlesOfPrivateKey(pem: string) {
  const [line = ''] = /[A-Za-z0-9+/=]{40,}/.exec(pem) ?? [];
  const seed = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const hex = seed.toString('hex');
  return [
    ...needlesOf(line, { digests: true }),
    ...needlesOf(hex),
    ...needlesOf(seed.toString('base64url')),
    { form: 'its bytes', bytes: Buffer.from(seed) },
  ];
}
