import { existsSync } from 'node:fs';
import type { EventStore } from '@evident/event-store';
import { readLogHead } from '@evident/event-store/embedded';
import type { Clock, Config } from '@evident/runtime';
import type { ReportProgress } from '../cli/report-progress.ts';
import { embeddedFiles } from '../stores/embedded-stores.ts';
import { checkClock } from './checks/clock.ts';
import { checkConfiguration } from './checks/configuration.ts';
import { checkDataDirectory } from './checks/data-directory.ts';
import { checkDisk } from './checks/disk.ts';
import { checkEventContent } from './checks/event-content.ts';
import { checkEventLog } from './checks/event-log.ts';
import { checkKeyFiles, type FoundKeys } from './checks/key-files.ts';
import { checkKeyrings } from './checks/keyrings.ts';
import { checkNats } from './checks/nats.ts';
import { checkPersonKeys } from './checks/person-keys.ts';
import { checkPorts } from './checks/ports.ts';
import { checkReadModels } from './checks/read-models.ts';
import { type Finding, Findings } from './finding.ts';
import type { System } from './system.ts';

export interface Examination {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Leaves out what reads the whole log. */
  readonly quick: boolean;
  readonly system: System;
  readonly now: Clock;
  readonly report: ReportProgress;
}

/** Every check in order, each beside the others' failures as far as it can be. Changes nothing; works beside a server. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  const { env, system, now } = examination;
  const { findings, config } = checkConfiguration(env);
  if (config === undefined) return findings;
  const nats = () => checkNats(config, system);
  if (config.eventStore.kind !== 'embedded' || config.personKeys.kind !== 'embedded') {
    const variable = config.eventStore.kind === 'embedded' ? 'PERSON_KEYS_URL' : 'EVENT_STORE_URL';
    const skipped = new Findings('event log').skip(`${variable} names a server, which this does not look into.`);
    return [...findings, ...skipped.list, ...(await attempt('NATS', nats))];
  }
  const { log: logPath } = embeddedFiles(config);
  const directory = checkDataDirectory(config.dataDir, { system, now: now() });
  return [
    ...findings,
    ...directory.findings,
    ...(directory.exists ? await examineStores(config, examination) : []),
    ...(directory.exists ? await attempt('disk', () => checkDisk(config.dataDir, { logPath, system })) : []),
    ...(await attempt('ports', () => checkPorts(config.listen, { logPath, system }))),
    ...(await attempt('NATS', nats)),
  ];
}

async function examineStores(config: Config, { quick, now, report }: Examination): Promise<readonly Finding[]> {
  const files = embeddedFiles(config);
  const newDeployment = !existsSync(files.log) && !existsSync(files.personKeys) && !existsSync(`${files.log}-wal`);
  const keys = checkKeyFiles(config, { newDeployment });
  if (newDeployment) {
    const log = new Findings('event log').ok(`${files.log} is made by the first start.`);
    return [...keys.findings, ...log.list, ...checkClock(now(), undefined)];
  }
  const log = await checkEventLog({ path: files.log, quick, report });
  const { store } = log;
  try {
    return [
      ...keys.findings,
      ...log.findings,
      ...(store === undefined
        ? []
        : await examineContent({ config, store, keys: keys.found, now, report, full: !quick && log.whole })),
      ...(await attempt('read models', () => checkReadModels(config.readModel, { store, quick }))),
      ...(await attempt('clock', async () =>
        checkClock(now(), store === undefined ? undefined : readLogHead(files.log).lastRecordedAt),
      )),
    ];
  } finally {
    await store?.close();
  }
}

interface ContentToExamine extends Pick<Examination, 'now' | 'report'> {
  readonly config: Config;
  readonly store: EventStore;
  readonly keys: FoundKeys;
  /** Opens every event as well. */
  readonly full: boolean;
}

/** What needs keys: the keyrings, the person keys, and whatever is sealed in the events. */
async function examineContent({
  config,
  store,
  keys,
  full,
  now,
  report,
}: ContentToExamine): Promise<readonly Finding[]> {
  const { tenant } = config;
  const files = embeddedFiles(config);
  const keyrings = await checkKeyrings(keys, { store, tenant, now });
  if (keys.data === undefined || !keyrings.sharedOpens) {
    const skipped = new Findings('person keys').skip('The keyring that wraps them does not open.');
    return [...keyrings.findings, ...skipped.list];
  }
  const { data: dataKey } = keys;
  const { findings, personKeys } = await checkPersonKeys({ path: files.personKeys, store, tenant, dataKey, now });
  try {
    const content =
      personKeys === undefined || !full
        ? []
        : await attempt('event content', () =>
            checkEventContent(store, personKeys, { events: readLogHead(files.log).events, report }),
          );
    return [...keyrings.findings, ...findings, ...content];
  } finally {
    await personKeys?.close();
  }
}

/** A check that trips over what it looks at has found something: the others go on. */
async function attempt(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return new Findings(check).failAt(error).list;
  }
}
