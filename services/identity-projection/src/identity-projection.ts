import { createCallerCheck, forTenant } from '@evident/caller';
import type {
  findSignIn,
  getApp,
  getRevocations,
  getStatus,
  getUser,
  listApps,
  listAppUsers,
  listOpenClaims,
  listUsers,
} from '@evident/contracts';
import { RecentlyUsed } from '@evident/event-store';
import { viewId } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { type AccessQueries, createAccessQueries } from './access/access-queries.ts';
import { createGetApp } from './apps/get-app.ts';
import { createListAppUsers } from './apps/list-app-users.ts';
import { createListApps } from './apps/list-apps.ts';
import { createAudit } from './audit/audit.ts';
import { type AuditQueries, createAuditQueries } from './audit/audit-queries.ts';
import { createListOpenClaims } from './claims/list-open-claims.ts';
import type { IdentityProjectionDependencies } from './dependencies.ts';
import { feedCheck } from './feed/feed-check.ts';
import { feedView } from './feed/feed-checkpoint.ts';
import { FeedPublisher } from './feed/feed-publisher.ts';
import { ProjectionGroup } from './groups/projection-group.ts';
import { ReadingProcesses } from './groups/reading-processes.ts';
import { measureLag } from './lag-metrics.ts';
import { createMachineQueries, type MachineQueries } from './machines/machine-queries.ts';
import { openReadModel } from './open-read-model.ts';
import { createGetStatus } from './operations/get-status.ts';
import { createOperationQueries, type OperationQueries } from './operations/operation-queries.ts';
import { Operations } from './operations/operations.ts';
import { createPeopleQueries, type PeopleQueries } from './people/people-queries.ts';
import { ErasedRows } from './privacy/erased-rows.ts';
import { UnreadRows } from './privacy/unread-rows.ts';
import { createDecodeBatch } from './projections/decode-batch.ts';
import { createDecodeUnopened } from './projections/decode-unopened.ts';
import { projectionGroups } from './projections/groups.ts';
import { readinessCheck } from './readiness.ts';
import type { Reading } from './reading/reading.ts';
import { RevocationPublisher } from './revocations/revocation-publisher.ts';
import { routeReads } from './route-reads.ts';
import { createSessionQueries, type SessionQueries } from './sessions/session-queries.ts';
import { createFindSignIn } from './sign-in/find-sign-in.ts';
import { createGetUser } from './users/get-user.ts';
import { createListUsers } from './users/list-users.ts';
import { createAddressCheck } from './webhooks/address-rules.ts';
import { usualDelivery } from './webhooks/delivery-options.ts';
import { WebhookDeliveries } from './webhooks/webhook-deliveries.ts';
import { createWebhookQueries, type WebhookQueries } from './webhooks/webhook-queries.ts';

/** What each message is answered with. */
export interface IdentityQueries extends AuditQueries, MachineQueries, PeopleQueries, AccessQueries {
  readonly findSignIn: MessageHandler<typeof findSignIn>;
  readonly getUser: MessageHandler<typeof getUser>;
  readonly listUsers: MessageHandler<typeof listUsers>;
  readonly getApp: MessageHandler<typeof getApp>;
  readonly listApps: MessageHandler<typeof listApps>;
  readonly listAppUsers: MessageHandler<typeof listAppUsers>;
  readonly getRevocations: MessageHandler<typeof getRevocations>;
  readonly getStatus: MessageHandler<typeof getStatus>;
  readonly listOpenClaims: MessageHandler<typeof listOpenClaims>;
}

/** The service without a transport. */
export interface IdentityProjection {
  readonly queries: IdentityQueries;
  readonly operationQueries: OperationQueries;
  readonly webhookQueries: WebhookQueries;
  readonly sessionQueries: SessionQueries;
  /** Begins to follow the log. Returns at once: the health check says when the rows have caught up. */
  start(): void;
  /** Finishes the batches in work, saves the checkpoints and closes the read model; the log stays open. Idempotent. */
  close(): Promise<void>;
}

/**
 * Auditors always ask for the log's end, which ends the pause: only a flood of sign-ins is gathered by it. What has gathered
 * is written in steps, so that no request waits for all of it.
 */
const evidencePace = { gatherMs: 100, stepMs: 2 };

/** Opens the read model and wires projections, queries and the revocation list. Throws `StartupProblem`. */
export async function createIdentityProjection(deps: IdentityProjectionDependencies): Promise<IdentityProjection> {
  const { config, log, logger, metrics, now } = deps;
  const { tokens, publicUrl: issuer, tenant } = config;
  const { store: events } = log;
  const stored = await openReadModel(config.readModel, logger);
  const views = Object.values(projectionGroups).flatMap((group) => group.map(({ view }) => view));
  await stored.prepare(views);
  const read = [...views, feedView].map(viewId);
  const readers = new ReadingProcesses({ store: stored, views: read, logger });
  const store = routeReads(stored, () => groups);

  const decode = createDecodeBatch(log);
  const unopened = createDecodeUnopened(log);
  const erasedRows = new ErasedRows(store, logger);
  const unreadRows = new UnreadRows({ store: stored, views: read, readers, logger });
  const group = (name: keyof typeof projectionGroups) =>
    new ProjectionGroup({
      name,
      projections: projectionGroups[name],
      events,
      store: stored,
      othersRead: () => readers.othersRead(),
      decode: name === 'evidence' ? unopened : decode,
      ...(name === 'directory' ? { onApplied: erasedRows.applied } : {}),
      ...(name === 'evidence' ? evidencePace : {}),
      logger,
      now,
      passOver: (projection, eventId) => operations.passOver(projection, eventId),
      onFilling: (filled, rows) => operations.resume(filled, rows),
      onWhole: unreadRows.drop,
    });
  const directory = group('directory');
  const evidence = group('evidence');
  const security = group('security');
  const groups: readonly ProjectionGroup[] = [directory, security, evidence];
  const operations = new Operations({ log, store, groups, logger });
  // Not the routed reads: it begins before any group has looked, and takes rows and their checkpoint from one place.
  const revocations = new RevocationPublisher({ ...deps, tenant, events, store: stored, rows: directory });

  const own = [issuer, tokens.audience];
  const callers = createCallerCheck({ log, issuer, audiences: own, now });
  const anyCallers = createCallerCheck({ log, issuer, audiences: [...own, ...tokens.allowedAudiences], now });
  const numbers = new RecentlyUsed<string>(20_000);
  const reading: Reading = { tenant, store, directory, events, callers, numbers, now };
  const auditing = { tenant, log, rows: store, now };
  const audit = createAuditQueries({ ...auditing, callers, evidence }, createAudit(auditing));
  deps.health.add(readinessCheck(groups, revocations, now));
  const feed = deps.feed;
  const publisher =
    feed === undefined ? undefined : new FeedPublisher({ log, store, feed, rows: security, logger, now });
  if (feed !== undefined && publisher !== undefined) deps.health.add(feedCheck(feed, publisher));
  const mayConnect = createAddressCheck(config.webhooks);
  const { delivery: patience = usualDelivery } = deps;
  const webhooks = new WebhookDeliveries({ log, store, logger, now, mayConnect, patience, rows: directory });
  let endMeasuring = () => {};
  let closing: Promise<void> | undefined;
  const close = async () => {
    endMeasuring();
    await revocations.stop();
    await Promise.all([publisher?.stop(), webhooks.stop()]);
    await feed?.close();
    await Promise.all([operations.stop(), ...groups.map((each) => each.stop())]);
    await Promise.all([erasedRows.settled(), unreadRows.settled()]);
    await readers.stop();
    await stored.close();
  };

  const webhookQueries = createWebhookQueries({ store, rows: directory, events, callers, now });
  const sessionQueries = createSessionQueries({ ...reading, directory: security }, log);
  const operationQueries = createOperationQueries({ log, events, callers, groups, operations, now });
  return {
    operationQueries: {
      listProjections: forTenant(tenant, operationQueries.listProjections),
      getRebuild: forTenant(tenant, operationQueries.getRebuild),
      listParked: forTenant(tenant, operationQueries.listParked),
      verifyProjection: forTenant(tenant, operationQueries.verifyProjection),
    },
    webhookQueries: {
      listWebhooks: forTenant(tenant, webhookQueries.listWebhooks),
      getWebhook: forTenant(tenant, webhookQueries.getWebhook),
    },
    sessionQueries: {
      listSessions: forTenant(tenant, sessionQueries.listSessions),
      getSession: forTenant(tenant, sessionQueries.getSession),
    },
    queries: {
      findSignIn: forTenant(tenant, createFindSignIn(reading)),
      getUser: forTenant(tenant, createGetUser(reading)),
      listUsers: forTenant(tenant, createListUsers(reading)),
      getApp: forTenant(tenant, createGetApp(reading)),
      listApps: forTenant(tenant, createListApps(reading)),
      listAppUsers: forTenant(tenant, createListAppUsers(reading)),
      getRevocations: forTenant(tenant, revocations.answer),
      getStatus: forTenant(tenant, createGetStatus(reading, groups)),
      listOpenClaims: forTenant(tenant, createListOpenClaims(reading)),
      ...createMachineQueries(reading, log),
      ...createPeopleQueries({ ...reading, log, anyCallers }),
      ...createAccessQueries({ ...reading, log, anyCallers }),
      readEvents: forTenant(tenant, audit.readEvents),
      auditEvents: forTenant(tenant, audit.auditEvents),
      auditHistory: forTenant(tenant, audit.auditHistory),
      auditState: forTenant(tenant, audit.auditState),
      auditDiff: forTenant(tenant, audit.auditDiff),
      auditAccess: forTenant(tenant, audit.auditAccess),
      auditSignIns: forTenant(tenant, audit.auditSignIns),
      listSeals: forTenant(tenant, audit.listSeals),
      proveEvent: forTenant(tenant, audit.proveEvent),
    },
    start() {
      revocations.start();
      void Promise.all([readers.start(), operations.start()]).then(() => {
        if (closing === undefined) for (const each of groups) each.start();
      });
      publisher?.start();
      webhooks.start();
      endMeasuring = measureLag({ groups, events, publisher, metrics, logger, now });
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
