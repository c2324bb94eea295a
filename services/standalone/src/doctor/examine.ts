import { existsSync } from 'node:fs';
import { readLogHead } from '@evident/event-store/embedded';
import type { Clock, Config } from '@evident/runtime';
import { embeddedFiles } from '../stores/embedded-stores.ts';
import type { ReportProgress } from '../stores/report-progress.ts';
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
  if (config.eventStore.kind !== 'embedded') {
    const skipped = new Findings('event log').skip('EVENT_STORE_URL names a server, which this does not look into.');
    return [...findings, ...skipped.list, ...(await checkNats(config))];
  }
  const { log: logPath } = embeddedFiles(config);
  const directory = checkDataDirectory(config.dataDir, { system, now: now() });
  return [
    ...findings,
    ...directory.findings,
    ...(directory.exists ? await examineStores(config, examination) : []),
    ...(directory.exists ? await checkDisk(config.dataDir, { logPath, system }) : []),
    ...(await checkPorts(config.listen, { logPath, system })),
    ...(await checkNats(config)),
  ];
}

async function examineStores(config: Config, examination: Examination): Promise<readonly Finding[]> {
  const { quick, now, report } = examination;
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
    const inside = store === undefined ? [] : await examineContent(config, { ...examination, log, keys: keys.found });
    const readModels = await checkReadModels(config.readModel, { store, quick });
    const head = store === undefined ? undefined : readLogHead(files.log);
    return [...keys.findings, ...log.findings, ...inside, ...readModels, ...checkClock(now(), head?.lastRecordedAt)];
  } finally {
    await store?.close();
  }
}

interface ContentToExamine extends Examination {
  readonly log: Awaited<ReturnType<typeof checkEventLog>>;
  readonly keys: FoundKeys;
}

/** What needs keys: the keyrings, the person keys, and whatever is sealed in the events. */
async function examineContent(config: Config, { log, keys, quick, now, report }: ContentToExamine) {
  const { store } = log;
  if (store === undefined) return [];
  const { tenant } = config;
  const path = embeddedFiles(config).personKeys;
  const keyrings = await checkKeyrings(keys, { store, tenant, now });
  if (keys.data === undefined || !keyrings.sharedOpens) {
    const skipped = new Findings('person keys').skip('The keyring that wraps them does not open.');
    return [...keyrings.findings, ...skipped.list];
  }
  const { findings, personKeys } = await checkPersonKeys({ path, store, tenant, dataKey: keys.data, now });
  if (personKeys === undefined) return [...keyrings.findings, ...findings];
  try {
    const events = readLogHead(embeddedFiles(config).log).events;
    const content = quick || !log.whole ? [] : await checkEventContent(store, personKeys, { events, report });
    return [...keyrings.findings, ...findings, ...content];
  } finally {
    await personKeys.close();
  }
}
