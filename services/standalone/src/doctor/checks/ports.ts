import { dirname } from 'node:path';
import { asStartupProblem, type Config, isErrorWithCode, StartupProblem } from '@evident/runtime';
import { tryToListen } from '../../free-ports.ts';
import { type Finding, Findings } from '../finding.ts';
import type { System } from '../system.ts';

/** An Evident that runs on another data directory, as the old one does while a restored one is looked at. */
const otherLog = /\/events\.db$/;

/** Whether the server could listen where it is told to, or does already. */
export async function checkPorts(
  { host, ports }: Config['listen'],
  { logPath, system }: { logPath: string; system: Pick<System, 'portHolder'> },
): Promise<readonly Finding[]> {
  const findings = new Findings('ports');
  for (const port of ports.filter((port) => port !== 0)) {
    const error = await tryToListen(host, port);
    if (error === undefined) {
      findings.ok(`Port ${port} on ${host} is free.`);
      continue;
    }
    const holder = system.portHolder(port);
    const log =
      holder?.processId === process.pid
        ? undefined
        : holder?.files.find((file) => file === logPath || otherLog.test(file));
    if (log === logPath) {
      findings.ok(`Evident listens on port ${port} already, on this data directory (process ${holder?.processId}).`);
    } else if (log !== undefined) {
      findings.warn(
        `Another Evident listens on port ${port}, on ${dirname(log)} (process ${holder?.processId}).`,
        'Stop it before this one is started, or set PORT to a free port.',
      );
    } else if (await isGateway(host, port)) {
      findings.warn(
        `A gateway of Evident listens on port ${port}${holder === undefined ? '' : ` (process ${holder.processId})`}.`,
        'If it is of this deployment all is well; else stop it before this one is started, or set PORT to a free port.',
      );
    } else if (isErrorWithCode(error) && error.code === 'EADDRINUSE') {
      const whom = holder === undefined ? 'another process' : `process ${holder.processId} (${holder.command})`;
      findings.fail(
        `Port ${port} on ${host} is in use by ${whom}.`,
        `Stop ${holder === undefined ? 'it' : `process ${holder.processId}`}, or set PORT to a free port, for example PORT=8100.`,
      );
    } else {
      const problem = asStartupProblem(error);
      if (!(problem instanceof StartupProblem)) throw error;
      findings.fail(problem.message, problem.remedy);
    }
  }
  return findings.list;
}

const patienceMs = 1_000;

/** A gateway that runs alone has no file open by which its deployment could be told; what it answers tells what it is. */
async function isGateway(host: string, port: number): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}/`, { signal: AbortSignal.timeout(patienceMs) });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'service' in body && body.service === 'Evident';
  } catch {
    return false;
  }
}
