/**
 * Suites that show over four processes, on servers of the wire or by many kills what others show more quickly: `npm test`
 * leaves them out to stay under five minutes on two cores and says so; `LONG_SUITES=on`, as in `.ci/run`, takes them in.
 */
export const longSuites: readonly string[] = [
  'libs/event-store/adapters/eventstoredb/answers-mapping.int.spec.ts',
  'libs/event-store/adapters/eventstoredb/eventstoredb-mapping.contract.spec.ts',
  'tests/cli/backup-beside-a-server.e2e.spec.ts',
  'tests/cli/projections-without-a-server.e2e.spec.ts',
  'tests/clients/packed-client.e2e.spec.ts',
  'tests/consistency/consistency-split.e2e.spec.ts',
  'tests/consistency/frozen-services.e2e.spec.ts',
  'tests/crash/kill-split.crash.spec.ts',
  'tests/crash/one-killed-service.crash.spec.ts',
  'tests/docs/operations.e2e.spec.ts',
  'tests/e2e/access-split.e2e.spec.ts',
  'tests/e2e/access-wire-stores.e2e.spec.ts',
  'tests/e2e/asf-migrated.e2e.spec.ts',
  'tests/e2e/asf-wire-stores.e2e.spec.ts',
  'tests/e2e/machines-split.e2e.spec.ts',
  'tests/e2e/machines-wire-stores.e2e.spec.ts',
  'tests/e2e/people-split.e2e.spec.ts',
  'tests/e2e/people-wire-stores.e2e.spec.ts',
  'tests/e2e/sessions-split.e2e.spec.ts',
  'tests/e2e/sessions-wire-stores.e2e.spec.ts',
  'tests/e2e/traces.e2e.spec.ts',
  'tests/evidence/erased-feed.e2e.spec.ts',
  'tests/evidence/expired-sign-ins.e2e.spec.ts',
  'tests/evidence/killed-erasure.crash.spec.ts',
  'tests/evidence/killed-retention.crash.spec.ts',
  'tests/evidence/replay.e2e.spec.ts',
  'tests/faults/graceful-end-split.e2e.spec.ts',
  'tests/faults/killed-servers.crash.spec.ts',
  'tests/faults/nats-gone.e2e.spec.ts',
  'tests/faults/refused-starts.e2e.spec.ts',
  'tests/faults/split-starts.e2e.spec.ts',
  'tests/feed/frozen-publisher.e2e.spec.ts',
  'tests/feed/killed-feed.crash.spec.ts',
  'tests/flood/flood-split.e2e.spec.ts',
  'tests/migrate/killed-migration.crash.spec.ts',
  'tests/migrate/migrated-log.e2e.spec.ts',
  'tests/projections/rebuild-under-load.e2e.spec.ts',
  'tests/security/secrets-split.e2e.spec.ts',
  'tests/security/split.e2e.spec.ts',
];

/** Suites of identity-projection that run once more with their rows on a server of the MongoDB protocol: what they ask most is rows. */
export const suitesOfRows: readonly string[] = [
  'access/access-queries.spec.ts',
  'audit/audit.property.spec.ts',
  'directory-queries.spec.ts',
  'sign-in/find-sign-in.spec.ts',
  'machines/machine-queries.spec.ts',
  'operations/operations.spec.ts',
  'groups/parked.spec.ts',
  'projections/projections.contract.spec.ts',
  'groups/projection-group.spec.ts',
  'reading/creation-order.spec.ts',
  'people/people-queries.spec.ts',
  'groups/versions.spec.ts',
].map((suite) => `services/identity-projection/src/${suite}`);

export const takesLongSuites = process.env.LONG_SUITES === 'on';
