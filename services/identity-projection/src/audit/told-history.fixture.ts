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
  /** Ids of the apps that the user is assigned to. */
  readonly apps: readonly string[];
}

export interface ModelApp {
  readonly number: number;
  readonly isActive: boolean;
  readonly removed: boolean;
  readonly name: string;
}

/** The model after a command, with where and when that was. */
export interface Moment {
  readonly position: Position;
  readonly time: string;
  readonly model: Model;
}

/** Carries out so many generated commands, those aside that would be refused; the model after each. */
export async function tellHistory(people: PeopleOnLog, clock: ManualClock, length: number): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  let model: Model = { users: new Map(), apps: new Map() };
  const random = fc.sample(fc.tuple(fc.nat({ max: 99 }), fc.nat(), fc.nat()), { numRuns: length, seed: 7 });
  for (const [what, one, other] of random) {
    clock.advance(one % 3 === 0 ? 0 : 1 + (one % 500));
    const userUid = [...model.users.keys()][one % Math.max(1, model.users.size)];
    const appUid = [...model.apps.keys()][other % Math.max(1, model.apps.size)];
    const user = userUid === undefined ? undefined : model.users.get(userUid);
    const app = appUid === undefined ? undefined : model.apps.get(appUid);
    let position: Position | undefined;
    if (what < 15 || userUid === undefined || user === undefined) {
      const added = await people.addUser();
      position = added.position;
      model = withUser(model, added.uid, { isActive: true, removed: false, apps: [] });
    } else if (what < 25 || appUid === undefined || app === undefined) {
      const { uid, number, ...added } = await people.addApp();
      position = added.position;
      model = withApp(model, uid, { number, isActive: true, removed: false, name: `App ${number}` });
    } else if (user.removed || app.removed) {
      continue;
    } else if (what < 60) {
      const isAssigned = user.apps.includes(appUid);
      position = await people.changeUser(
        userUid,
        isAssigned
          ? { type: 'unassign-app', appId: appUid }
          : { type: 'assign-app', appId: appUid, appNumber: app.number },
      );
      const apps = isAssigned ? user.apps.filter((each) => each !== appUid) : [...user.apps, appUid];
      model = withUser(model, userUid, { ...user, apps });
    } else if (what < 75) {
      position = await people.changeUser(userUid, { type: 'change-user', isActive: !user.isActive });
      model = withUser(model, userUid, { ...user, isActive: !user.isActive });
    } else if (what < 85) {
      position = await people.changeApp(appUid, { type: 'change-app', isActive: !app.isActive });
      model = withApp(model, appUid, { ...app, isActive: !app.isActive });
    } else if (what < 95) {
      const name = `App of step ${moments.length}`;
      position = await people.changeApp(appUid, { type: 'change-app', name });
      model = withApp(model, appUid, { ...app, name });
    } else {
      position = await people.changeUser(userUid, { type: 'remove-user' });
      model = withUser(model, userUid, { isActive: false, removed: true, apps: [] });
    }
    moments.push({ position, time: new Date(clock()).toISOString(), model });
  }
  return moments;
}

function withUser(model: Model, uid: string, user: ModelUser): Model {
  return { ...model, users: new Map(model.users).set(uid, user) };
}

function withApp(model: Model, uid: string, app: ModelApp): Model {
  return { ...model, apps: new Map(model.apps).set(uid, app) };
}
