import { execFileSync } from 'node:child_process';

export const backServices = ['auth-command', 'token-issuer', 'identity-projection'] as const;
export const serviceNames = [...backServices, 'gateway'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Process ids of the services that a supervisor runs now, found as an operator finds them: by their command lines. */
export function serviceProcesses(supervisor: number | undefined): ReadonlyMap<ServiceName, number> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const found = new Map<ServiceName, number>();
  for (const line of lines) {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) !== supervisor) continue;
    const name = serviceNames.find((service) => command.includes(`${service}/dist/`));
    if (name !== undefined) found.set(name, Number(pid));
  }
  return found;
}
