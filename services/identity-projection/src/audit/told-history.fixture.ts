import type { UserCommand } from '@evident/domain';
import type { Position } from '@evident/event-store';
import type { ManualClock, PeopleOnLog } from '@evident/testing';
import fc from 'fast-check';

/** What should be true, kept beside the log by somebody who does not read it. */
export interface Model {
  readonly users: ReadonlyMap<string, ModelUser>;
  readonly apps: ReadonlyMap<string, ModelApp>;
}

export interface ModelUser {
  readonly isActive: boolean;
  readonly removed: boolean;
  /** By the ids of the apps that the user is assigned to, where they were assigned. */
  readonly apps: ReadonlyMap<string, Position>;
}

export interface ModelApp {
  readonly number: number;
  readonly isActive: boolean;
  readonly removed: boolean;
  readonly name: string;
}

/** The model after a command, with where and when that was, and whom and what the command was about. */
export interface Moment {
  readonly position: Position;
  readonly time: string;
  readonly model: Model;
  readonly user?: string;
  readonly app?: string;
}

/** Carries out so many generated commands, none of which is refused; the model after each. */
export async function tellHistory(people: PeopleOnLog, clock: ManualClock, length: number): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  let model: Model = { users: new Map(), apps: new Map() };
  const random = fc.sample(fc.tuple(fc.nat({ max: 99 }), fc.nat(), fc.nat()), { numRuns: length, seed: 7 });
  for (const [what, one, other] of random) {
    clock.advance(one % 3 === 0 ? 0 : 1 + (one % 500));
    const [userUid, user] = presentOf(model.users, one);
    const [appUid, app] = presentOf(model.apps, other);
    let told: Pick<Moment, 'position' | 'user' | 'app'>;
    if (what < 15 || userUid === undefined || user === undefined) {
      const { uid, position } = await people.addUser();
      told = { position, user: uid };
      model = withUser(model, uid, { isActive: true, removed: false, apps: new Map() });
    } else if (what < 25 || appUid === undefined || app === undefined) {
      const { uid, number, position } = await people.addApp();
      told = { position, app: uid };
      model = withApp(model, uid, { number, isActive: true, removed: false, name: `App ${number}` });
    } else if (what < 60) {
      const isAssigned = user.apps.has(appUid);
      const change: UserCommand = isAssigned
        ? { type: 'unassign-app', appId: appUid }
        : { type: 'assign-app', appId: appUid, appNumber: app.number };
      const position = await people.changeUser(userUid, change);
      told = { position, user: userUid, app: appUid };
      const apps = new Map(user.apps);
      if (isAssigned) apps.delete(appUid);
      else apps.set(appUid, position);
      model = withUser(model, userUid, { ...user, apps });
    } else if (what < 75) {
      told = {
        position: await people.changeUser(userUid, { type: 'change-user', isActive: !user.isActive }),
        user: userUid,
      };
      model = withUser(model, userUid, { ...user, isActive: !user.isActive });
    } else if (what < 85) {
      told = { position: await people.changeApp(appUid, { type: 'change-app', isActive: !app.isActive }), app: appUid };
      model = withApp(model, appUid, { ...app, isActive: !app.isActive });
    } else if (what < 94) {
      const name = `App of step ${moments.length}`;
      told = { position: await people.changeApp(appUid, { type: 'change-app', name }), app: appUid };
      model = withApp(model, appUid, { ...app, name });
    } else if (what < 98) {
      told = { position: await people.changeUser(userUid, { type: 'remove-user' }), user: userUid };
      model = withUser(model, userUid, { isActive: false, removed: true, apps: new Map() });
    } else {
      told = { position: await people.changeApp(appUid, { type: 'remove-app', now: clock() }), app: appUid };
      model = withApp(model, appUid, { ...app, isActive: false, removed: true });
    }
    moments.push({ ...told, time: new Date(clock()).toISOString(), model });
  }
  return moments;
}

/** One of those that were not removed. */
function presentOf<One extends { readonly removed: boolean }>(
  all: ReadonlyMap<string, One>,
  nth: number,
): readonly [uid: string, one: One] | readonly [] {
  const present = [...all].filter(([, { removed }]) => !removed);
  return present[nth % Math.max(1, present.length)] ?? [];
}

function withUser(model: Model, uid: string, user: ModelUser): Model {
  return { ...model, users: new Map(model.users).set(uid, user) };
}

function withApp(model: Model, uid: string, app: ModelApp): Model {
  return { ...model, apps: new Map(model.apps).set(uid, app) };
}
