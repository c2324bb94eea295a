import type { RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { EventMetadata } from '@evident/event-store';
import { aggregateOf, everyPerson, parseSubject, stateOf, subjectOfStream } from '@evident/evidence';
import { afterAll, beforeAll } from 'vitest';
import { type Fixture, openFixture, registerOn, valueIn } from './fixture.ts';

export type Change = (context: RequestContext) => Promise<unknown>;
type On<Id> = (id: Id, context: RequestContext) => Promise<unknown>;

/** A service for the whole file, with things to change there and the undo of what a request changed. */
export function openUndo() {
  let fixture: Fixture;
  let serial = 0;
  beforeAll(async () => {
    fixture = await openFixture();
  });
  afterAll(() => fixture.remove());

  const admin = (more: Partial<RequestContext> = {}) => fixture.asAdmin(more);
  const unique = (name: string) => `${name}${++serial}`;

  async function user() {
    return registerOn(fixture, unique('undone'));
  }
  async function app() {
    return valueIn(await fixture.service.registerApp({ name: unique('App'), url: 'https://app.example.com' }, admin()));
  }
  async function role(scopes: string[] = []) {
    return valueIn(await fixture.service.createRole({ name: unique('Role'), scopes }, admin()));
  }
  async function workspace() {
    return valueIn(await fixture.service.createWorkspace({ name: unique('Workspace') }, admin()));
  }

  /** What everybody sees of a subject, times aside. */
  async function shown(stream: string) {
    const { log } = fixture.temporary;
    const aggregate = aggregateOf(parseSubject('main', subjectOfStream(stream) ?? '')?.category ?? '');
    if (aggregate === undefined) throw new Error(`${stream} is not folded`);
    return (await stateOf({ log, reader: everyPerson, aggregate, stream }))?.state;
  }

  /** The events that requests with this id left, as an auditor's search finds them. */
  const eventsOf = (correlationId: string) => eventsWith((metadata) => metadata.correlationId === correlationId);
  /** All that somebody did. */
  const eventsBy = (actor: string) => eventsWith((metadata) => metadata.actor === actor);

  async function eventsWith(isWanted: (metadata: EventMetadata) => boolean) {
    const all = await fixture.temporary.log.store.readAll(undefined, 100_000);
    if ('outcome' in all) throw new Error('the log was replaced');
    return all
      .filter(({ metadata }) => isWanted(metadata))
      .map(({ stream, revision, id }) => ({ subject: subjectOfStream(stream) ?? '', revision, id }));
  }

  async function undo(correlationId: string, apply = true, context = admin()) {
    return valueIn(await fixture.service.undoChanges({ events: await eventsOf(correlationId), apply }, context)).steps;
  }

  /** Integer id of what a stream is about. */
  async function numberOf(stream: string): Promise<number> {
    const state = await shown(stream);
    if (typeof state?.number !== 'number') throw new Error(`${stream} has no number`);
    return state.number;
  }
  async function onUser(change: On<number>, before?: On<number>) {
    const { uid, number } = await user();
    await before?.(number, admin());
    return { stream: streams.user('main', uid), change: (context: RequestContext) => change(number, context) };
  }
  async function onPerson(change: On<string>, before?: On<string>) {
    const { uid } = await user();
    await before?.(uid, admin());
    return { stream: streams.user('main', uid), change: (context: RequestContext) => change(uid, context) };
  }
  async function onApp(change: On<number>, before?: On<number>) {
    const { uid, number } = await app();
    await before?.(number, admin());
    return { stream: streams.app('main', uid), change: (context: RequestContext) => change(number, context) };
  }
  async function onRole(change: On<string>) {
    const { uid } = await role();
    return { stream: streams.role('main', uid), change: (context: RequestContext) => change(uid, context) };
  }
  async function onWorkspace(change: On<string>) {
    const { uid } = await workspace();
    return { stream: streams.workspace('main', uid), change: (context: RequestContext) => change(uid, context) };
  }
  async function assignment<Result>(on: (appId: number) => Promise<Result>) {
    return on((await app()).number);
  }

  return {
    get fixture() {
      return fixture;
    },
    ...{ admin, unique, user, app, role, workspace, shown, eventsOf, eventsBy, undo, numberOf },
    ...{ onUser, onPerson, onApp, onRole, onWorkspace, assignment },
  };
}
