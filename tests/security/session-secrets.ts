import type { Body, Call } from '../e2e/http.ts';
import { type IssuedSecret, needlesOf, type Secret } from './needles.ts';

type Ask = (path: string, options?: Call) => Promise<Body>;

const base = '/api/sso/v1';
const passwords = {
  first: 'Avocet&Greenshank κ 3307',
  changed: 'Ruff/Knot "7725" λ',
  wrong: 'Sanderling-Stint 1186',
};
const person = {
  email: 'cornelius.oystercatcher@saltmarsh.example',
  name: 'Cornelius Oystercatcher',
  phone: '+41795550173',
  second: 'cornelius.second@saltmarsh.example',
  city: 'Spurn-Point-5528',
  claim: 'Claim-Godwit-9917',
};

interface SessionSecrets {
  readonly keys: readonly IssuedSecret[];
  readonly passwords: readonly Secret[];
  readonly tokens: readonly IssuedSecret[];
  readonly people: readonly Secret[];
}

/** Somebody signs up, in, on and out, and mislays tokens on the way; an operator has a webhook. */
export async function playSessions(ask: Ask, administrator: string): Promise<SessionSecrets> {
  const { email: identifier, name } = person;
  const signIn = (secret: string) => ask(`${base}/auth/login`, { json: { identifier, secret } });
  const signedUp = await ask(`${base}/auth/register`, { json: { identifier, secret: passwords.first, name } });
  await signIn(passwords.wrong);
  const signedIn = await signIn(passwords.first);
  const refreshed = await ask(`${base}/auth/refresh`, { json: { refresh_token: signedIn.refresh_token } });
  await describePerson(ask, administrator, signedUp.user.id);
  const spoilt = `${refreshed.refresh_token.slice(0, -20)}AAAAAAAAAAAAAAAAAAAA`;
  await mislay(ask, { replaced: signedIn.refresh_token, living: refreshed.refresh_token, spoilt });
  await ask(`${base}/auth/verify-token`, { json: { token: refreshed.access_token } });
  await ask(`${base}/sessions`, { token: refreshed.access_token });
  // Of somebody else it ends the session.
  const thief = { headers: { 'user-agent': 'a thief' } };
  await ask(`${base}/auth/refresh`, { json: { refresh_token: signedIn.refresh_token }, ...thief });
  for (const old_password of [passwords.wrong, passwords.first]) {
    const json = { old_password, new_password: passwords.changed };
    await ask(`${base}/auth/password`, { token: signedUp.access_token, json });
  }
  const last = await signIn(passwords.changed);
  await ask(`${base}/auth/logout`, { token: last.access_token, json: {} });
  const as = { token: administrator };
  const webhook = await ask('/ops/webhooks', { ...as, json: { url: 'https://hooks.example.com/', types: ['user.*'] } });
  await ask(`/ops/webhooks/${webhook.id}`, as);
  await ask(`/ops/webhooks/${webhook.id}`, { ...as, method: 'DELETE' });

  const found = (what: string, text: string) => ({ what, needles: needlesOf(text, { folded: true, digests: true }) });
  const issued = (what: string, of: string) => ({
    what: `the signature of ${what}`,
    needles: needlesOf(of.split('.')[2] ?? ''),
    issued: true,
  });
  const sessions = { 'a sign-up': signedUp, 'a sign-in': signedIn, 'a refresh': refreshed, 'the last sign-in': last };
  const all = (kind: string, texts: object) =>
    Object.entries(texts).map(([which, text]) => found(`${kind} (${which})`, text));
  return {
    passwords: all('password of a session', passwords),
    people: all('what a person says of themselves', person),
    keys: [{ ...found('the secret of a webhook', webhook.secret), issued: true }],
    tokens: [
      ...Object.entries(sessions).flatMap(([which, tokens]) => [
        issued(`the access token of ${which}`, tokens.access_token),
        issued(`the refresh token of ${which}`, tokens.refresh_token),
      ]),
      { ...issued('a spoilt refresh token', spoilt), issued: false },
    ],
  };
}

/** All that the contract lets be said of a person. */
async function describePerson(ask: Ask, administrator: string, userId: string): Promise<void> {
  const as = { token: administrator };
  const path = `${base}/users/${userId}`;
  await ask(`${path}/identifiers`, { ...as, json: { identifier: person.second } });
  await ask(`${path}/identifiers`, { ...as, json: { identifier: person.phone, type: 'phone' } });
  await ask(path, { ...as, method: 'PATCH', json: { custom_claims: { ringed: person.claim } } });
  await ask(`${base}/profiles`, { ...as, json: { user_id: userId, profile_data: { city: person.city } } });
  await ask(`${base}/users?identifier=${encodeURIComponent(person.second)}`, as);
}

/** Refresh tokens where they do not belong, or count for nothing. */
async function mislay(
  ask: Ask,
  tokens: { readonly replaced: string; readonly living: string; readonly spoilt: string },
) {
  const { replaced, living, spoilt } = tokens;
  const refresh = `${base}/auth/refresh`;
  await ask(refresh, { json: { refresh_token: spoilt } });
  await ask(`${refresh}/${replaced}?refresh_token=${living}`, { json: {} });
  await ask(refresh, { headers: { cookie: `usso-refresh-token=${living}`, 'sec-fetch-site': 'cross-site' } });
  await ask('/users/', { token: living });
  await ask(`${base}/auth/verify-token`, { json: { token: living } });
}
