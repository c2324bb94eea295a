import type { listApps } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { appsView } from '../projections/apps.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { numberedApps } from '../reading/numbered.ts';
import { pageOf } from '../reading/page-of.ts';
import { readTotal } from '../reading/read-total.ts';
import { type Reading, readAs } from '../reading/reading.ts';
import { appObjectOf } from './app-object.ts';

/** By integer id. */
export function createListApps(reading: Reading): MessageHandler<typeof listApps> {
  return ({ skip, limit }, context) =>
    readAs(reading, context, 'read:sso/app', async () => {
      const total = await readTotal(reading, [totals.apps]);
      const rows = await reading.store.find(appsView, { index: ['number'], skip, limit });
      const apps = pageOf(reading, numberedApps, rows, appObjectOf);
      return 'error' in apps ? apps : { found: { apps: apps.found, total } };
    });
}
