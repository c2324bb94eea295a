import { type Deployment, until } from '@evident/testing';
import { call } from './http.ts';

/** Resolves once `/ready` says so: every service answers, and the rows have caught up with the log. */
export async function untilReady(evident: Pick<Deployment, 'url'>, withinMs?: number): Promise<void> {
  await until(
    async () => {
      const answer = await call(evident, '/ready').catch(() => undefined);
      return answer?.status === 200 || undefined;
    },
    { what: 'readiness', ...(withinMs === undefined ? {} : { withinMs }) },
  );
}
