import { once } from 'node:events';
import { createServer } from 'node:net';
import { asStartupProblem } from '@evident/runtime';

/**
 * Listens on each port for a moment, so that a start that one of them is to refuse is refused before it has made
 * anything or shown a password. Throws `StartupProblem`; its remedy names the variable that the ports are from.
 */
export async function requireFreePorts(
  host: string,
  ports: readonly number[],
  variable: 'PORT' | 'HEALTH_PORT',
): Promise<void> {
  for (const port of ports) {
    const error = await tryToListen(host, port);
    if (error !== undefined) throw asStartupProblem(error, variable);
  }
}

/** Why nobody can listen there; undefined where it can be done. */
export async function tryToListen(host: string, port: number): Promise<Error | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    server.close();
  }
}
