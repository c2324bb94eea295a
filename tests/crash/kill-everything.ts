import { type Deployment, serviceProcesses, until } from '@evident/testing';

/** kill -9 of every process of a deployment at once, as when the machine loses its power. Resolves when all are gone. */
export async function killEverything(evident: Deployment): Promise<void> {
  const services = [...serviceProcesses(evident.process.pid).values()];
  const killed = evident.kill();
  for (const pid of services) kill(pid);
  await killed;
  await until(() => !services.some(isAlive) || undefined, { what: 'the end of killed processes' });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It died in the meantime.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
