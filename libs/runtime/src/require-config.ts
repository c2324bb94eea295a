import { type Config, loadConfig, type NatsConfig, type ServiceKind } from './config.ts';
import { describeProblems } from './describe-problems.ts';
import { StartupProblem } from './startup-problem.ts';

/** The configuration of a service that starts now. Throws the `StartupProblem` that names every variable at fault. */
export function requireConfig(
  env: Readonly<Record<string, string | undefined>>,
  service: ServiceKind,
): { readonly config: Config; readonly warnings: readonly string[] } {
  const loaded = loadConfig(env, { service });
  if (loaded.ok) return loaded;
  throw new StartupProblem(describeProblems(loaded.problems), 'Correct the configuration and start again.');
}

/** How to reach NATS, for what cannot run without it. Throws `StartupProblem` where `NATS_URL` is not set. */
export function requireNats({ nats }: Pick<Config, 'nats'>): NatsConfig {
  if (nats !== undefined) return nats;
  throw new StartupProblem('NATS_URL is not set.', 'Write for example NATS_URL=nats://127.0.0.1:4222.');
}
