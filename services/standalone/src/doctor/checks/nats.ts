import type { Config } from '@evident/runtime';
import { type Finding, Findings } from '../finding.ts';
import type { System } from '../system.ts';

/** Connects as the server would. Only where NATS is configured. */
export async function checkNats(
  { nats, service }: Pick<Config, 'nats' | 'service'>,
  { natsPatienceMs }: Pick<System, 'natsPatienceMs'>,
): Promise<readonly Finding[]> {
  if (nats === undefined) return [];
  const findings = new Findings('NATS');
  const { connectNats, NatsProblem } = await import('@evident/transport/nats');
  try {
    const link = await connectNats({ ...nats, service, signal: AbortSignal.timeout(natsPatienceMs) });
    await link.close();
    findings.ok('The server answers and takes the credential.');
  } catch (problem) {
    if (!(problem instanceof NatsProblem)) throw problem;
    findings.fail(problem.message, problem.remedy);
  }
  return findings.list;
}
