import { join } from 'node:path';
import type { StoredEvent } from '@evident/event-store';
import { checkEmbeddedLog, openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Deployment, until } from '@evident/testing';
import { type Answer, type Body, call } from '../e2e/http.ts';
import { patienceMs } from './history.ts';

export interface SeenUser {
  readonly id: number;
  readonly uid: string;
  readonly username: string;
  readonly email: string;
  readonly is_active: boolean;
}

export interface SeenApp {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly url: string;
  readonly api_key_prefix: string;
}

/** What is there, as callers read it and as the log holds it. */
export interface Observed {
  readonly users: readonly SeenUser[];
  readonly apps: readonly SeenApp[];
  /** `<user id>/<app id>` of each assignment, as often as it is listed. */
  readonly assignments: readonly string[];
  /** The whole log, in order, read beside the program rather than through it. */
  readonly events: readonly StoredEvent[];
  /** Of the log's own check of every byte. */
  readonly damage: readonly string[];
}

export async function observe(evident: Deployment, token: string): Promise<Observed> {
  const users: SeenUser[] = await readPages(evident, token, '/users/');
  const apps: SeenApp[] = await readPages(evident, token, '/apps/');
  const assignments: string[] = [];
  for (const app of apps) {
    for (const user of await readPages(evident, token, `/apps/${app.id}/users`))
      assignments.push(`${user.id}/${app.id}`);
  }
  const path = join(evident.dataDir, 'events.db');
  return { users, apps, assignments, events: await readLog(path), damage: (await checkEmbeddedLog(path)).problems };
}

export async function readLog(path: string): Promise<readonly StoredEvent[]> {
  const store = await openEmbeddedEventStore({ path, readOnly: true });
  try {
    const events: StoredEvent[] = [];
    for (;;) {
      const page = await store.readAll(events.at(-1)?.position, 5_000);
      if ('outcome' in page) throw new Error('the log was replaced');
      if (page.length === 0) return events;
      events.push(...page);
    }
  } finally {
    await store.close();
  }
}

/** As much as one message between the services holds: a server of rows may take a request's whole time for a longer one. */
const pageSize = 100;

async function readPages(evident: Deployment, token: string, path: string): Promise<Body[]> {
  const all: Body[] = [];
  for (;;) {
    const { status, body } = await untilAnswered(evident, `${path}?skip=${all.length}&limit=${pageSize}`, token);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    all.push(...body);
    if (body.length < pageSize) return all;
  }
}

/** Rows that are behind after much was written are waited for, as a 503 asks its callers to. */
function untilAnswered(evident: Deployment, path: string, token: string): Promise<Answer> {
  const look = async () => {
    const answer = await call(evident, path, { token });
    return answer.status === 503 ? undefined : answer;
  };
  return until(look, { what: `an answer to GET ${path}`, withinMs: patienceMs });
}
