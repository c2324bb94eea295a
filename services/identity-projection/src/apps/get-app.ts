import type { getApp } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { findByNumber, numberedApps } from '../reading/numbered.ts';
import { type Reading, readAs } from '../reading/reading.ts';
import { appObjectOf } from './app-object.ts';

export function createGetApp(reading: Reading): MessageHandler<typeof getApp> {
  return ({ id }, context) =>
    readAs(reading, context, 'read:sso/app', async () => {
      const app = await findByNumber(reading, numberedApps, id);
      return 'error' in app ? app : { found: appObjectOf(app.found.uid, app.found.row) };
    });
}
