import { type RequestContext, type RevocationNotice, revocationNotice, revocationsSubject } from '@evident/contracts';
import type { Log } from '@evident/log';
import { createMetrics, HealthChecks, type Logger } from '@evident/runtime';
import { createAccessTokens, openTemporaryLog, PeopleOnLog, requestContext, silentLogger } from '@evident/testing';
import { InProcessTransport } from '@evident/transport/in-process';
import { createIdentityProjection } from './index.ts';
import { rowsSettings } from './rows-server.fixture.ts';

export interface RunOptions {
  readonly now?: () => number;
  readonly logger?: Logger;
  /** What the service gets in place of the log: to stop it, or to look at what it reads. */
  readonly through?: (log: Log) => Log;
  /** False: it waits for `start`. */
  readonly start?: boolean;
}

export type RunningProjection = Awaited<ReturnType<typeof runProjection>>;

/** The service on a real log and a real read model in a directory of its own, with an administrator to ask as. */
export async function runProjection({ now = Date.now, logger = silentLogger, ...options }: RunOptions = {}) {
  const temporary = await openTemporaryLog({ now, env: rowsSettings() });
  const people = new PeopleOnLog(temporary.log, now);
  const tokens = await createAccessTokens(temporary.log, temporary.config, now);
  const administrator = await people.addUser({ username: 'admin', email: 'admin@localhost', isAdmin: true });
  const credential = await tokens.issue(administrator.uid);
  const metrics = createMetrics('spec');
  const broadcast = new InProcessTransport();
  const notices: RevocationNotice[] = [];
  const listen = (listener: (notice: RevocationNotice) => void) =>
    broadcast.subscribe(revocationsSubject(temporary.log.tenant), (notice) => listener(revocationNotice.parse(notice)));
  listen((notice) => notices.push(notice));

  let health = new HealthChecks();
  const open = (log: Log) => {
    health = new HealthChecks();
    const lanes = { quick: 8, doubtful: 4, aside: 8, quickMs: 50 };
    const delivery = { timeoutMs: 400, firstPauseMs: 20, longestPauseMs: 100, lanes };
    return createIdentityProjection({ ...temporary, log, broadcast, logger, metrics, health, delivery });
  };
  const through = options.through ?? ((log: Log) => log);
  let service = await open(through(temporary.log));
  if (options.start !== false) service.start();

  return {
    temporary,
    people,
    tokens,
    administrator,
    metrics,
    /** What listeners heard so far. */
    notices,
    /** The next notice that is as wanted; rejects after five seconds. */
    heard(wanted: (notice: RevocationNotice) => boolean): Promise<RevocationNotice> {
      return new Promise((resolve, reject) => {
        const ignore = listen((notice) => wanted(notice) && settle(() => resolve(notice)));
        const late = setTimeout(() => settle(() => reject(new Error('no such notice was heard'))), 5_000);
        const settle = (end: () => void) => {
          ignore();
          clearTimeout(late);
          end();
        };
      });
    },
    get queries() {
      return service.queries;
    },
    get sessionQueries() {
      return service.sessionQueries;
    },
    get webhookQueries() {
      return service.webhookQueries;
    },
    get operationQueries() {
      return service.operationQueries;
    },
    get health() {
      return health;
    },
    asAdministrator: (minPosition?: string): RequestContext =>
      requestContext({ credential, ...(minPosition === undefined ? {} : { minPosition }) }),
    start: () => service.start(),
    /** Ends the service; log and rows stay. */
    stop: () => service.close(),
    /** As a process that ended and is started again. */
    async restart() {
      await service.close();
      service = await open(through(temporary.log));
      service.start();
    },
    async end() {
      await service.close();
      await temporary.remove();
    },
  };
}
