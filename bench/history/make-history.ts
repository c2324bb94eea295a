import { authCommandKeyring, createAuthCommand, createPasswordSeal, openServiceKeys } from '@evident/auth-command';
import { createPasswordHasher } from '@evident/crypto';
import { streams } from '@evident/domain';
import { openKeyring } from '@evident/log';
import { openTemporaryLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { createTokenIssuer } from '@evident/token-issuer';
import { InProcessTransport } from '@evident/transport/in-process';
import { registerApps } from './apps.ts';
import { BulkAppend } from './bulk-append.ts';
import { Changes } from './changes.ts';
import { fillRows } from './fill-rows.ts';
import { administrator, type HistoryManifest, type HistoryOptions, usersPassword } from './history.ts';
import { type HistoryClock, historyClock } from './history-clock.ts';
import type { Making } from './making.ts';
import { registerUsers } from './people.ts';
import { SignIns } from './sign-ins.ts';

/** What one step of a history takes on at most; each part of it is one batch of appends. */
const perStep = { users: 250, apps: 1_000, signIns: 2_000, changes: 1_000 };
/** So that a short history has a past too. */
const leastSteps = 20;
const sealEvery = 16_384;
const tellEvery = 100_000;
const day = 86_400_000;

/** Makes a history in an empty data directory. Resolves once all of it is durable and every file is closed. */
export async function makeHistory(dataDir: string, options: HistoryOptions): Promise<HistoryManifest> {
  const { users, apps, signIns = 0, sessions = 0, changes = 0, assignmentsEach = 1 } = options;
  const begun = performance.now();
  const ended = Date.now();
  const began = ended - (options.days ?? 30) * day;
  const clock = historyClock(began, ended);
  const password = options.administratorPassword ?? administrator.password;
  const opened = await openHistory(dataDir, password, clock);
  const { making, issuer, phc } = opened;
  const { appends, log } = making;
  const tell = options.onProgress ?? (() => {});

  const apiKeys: string[] = [];
  const changing = new Changes(making);
  const attempts = new SignIns(making, changing, sessions);
  for (let first = 1; first <= apps; first += perStep.apps) {
    const last = Math.min(apps, first + perStep.apps - 1);
    apiKeys.push(...(await registerApps(making, { first, last, onFirst: (events) => changing.watchApp(events) })));
  }
  const steps = Math.ceil(
    Math.max(leastSteps, users / perStep.users, signIns / perStep.signIns, changes / perStep.changes),
  );
  let [sealed, told] = [0, 0];
  for (let step = 0; step < steps; step++) {
    clock.moveTo((step + 1) / steps);
    const share = (whole: number) =>
      [Math.floor((whole * step) / steps), Math.floor((whole * (step + 1)) / steps)] as const;
    const [before, newest] = share(users);
    if (newest > before) changing.watch(await registerUsers(making, phc, before + 1, newest));
    const due = (whole: number) => share(whole)[1] - share(whole)[0];
    await attempts.make(due(signIns), newest);
    await changing.make(due(changes));
    if (appends.events - told >= tellEvery) {
      told = appends.events;
      tell(`${appends.events} events, ${Math.round((appends.events * 1_000) / (performance.now() - begun))} a second`);
    }
    if (options.seals === false || appends.events - sealed < sealEvery) continue;
    sealed = appends.events;
    await appends.settled();
    await issuer.sealLog();
  }
  await appends.settled();
  if (options.seals !== false) await issuer.sealLog();
  if (options.rows !== false) await fillRows(opened.temporary.config, log, tell);
  const events = Number((await log.store.lastPosition())?.split('~')[1] ?? 0);
  await opened.close();
  const seconds = Math.round((performance.now() - begun) / 1_000);
  return {
    administrator: { username: administrator.username, password },
    password: usersPassword,
    users,
    apps,
    events,
    began,
    ended,
    seconds,
    apiKeys,
    assignmentsEach: Math.min(assignmentsEach, apps),
  };

  async function openHistory(directory: string, adminPassword: string, now: HistoryClock) {
    const temporary = await openTemporaryLog({
      dataDir: directory,
      now,
      env: {
        ADMIN_PASSWORD: adminPassword,
        ADMIN_USERNAME: administrator.username,
        ADMIN_EMAIL: administrator.email,
      },
    });
    return { temporary, ...(await prepare(temporary, now)) };
  }

  /** The keys and the first administrator of a new log, by the services that make them. */
  async function prepare({ config, log, masterKey, ...temporary }: TemporaryLog, now: HistoryClock) {
    const deps = { config, log, masterKey, logger: silentLogger, now, client: new InProcessTransport() };
    const issuer = await createTokenIssuer(deps);
    const service = await createAuthCommand(deps);
    await service.administrators.ensureFirst(config.administrator);
    const keys = openServiceKeys(await openKeyring(log, { ...authCommandKeyring, wrappingKey: masterKey, now }));
    const { memoryKiB: memoryKib, passes, lanes } = config.argon2;
    const hasher = createPasswordHasher({ memoryKib, passes, lanes });
    const hashed = await hasher.hash(usersPassword);
    await hasher.close();
    if (hashed.outcome !== 'hashed') throw new Error('the hasher shed its only load');
    const roster = await log.states.roster.load(streams.roster(log.tenant));
    const [uid] = roster.state.administrators.keys();
    if (uid === undefined) throw new Error('there is no administrator');
    const making: Making = {
      log,
      keys,
      seal: createPasswordSeal(keys),
      appends: new BulkAppend(log),
      now,
      administrator: uid,
      shape: { apps, assignmentsEach },
    };
    const close = async () => {
      await service.close();
      await issuer.close();
      await temporary.close();
    };
    return { making, issuer, phc: hashed.phc, close };
  }
}
