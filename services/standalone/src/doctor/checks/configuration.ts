import { type Config, loadConfig } from '@evident/runtime';
import { type Finding, Findings } from '../finding.ts';

/** Reads the environment as the server would. Without a configuration there is nothing else to look at. */
export function checkConfiguration(env: Readonly<Record<string, string | undefined>>): {
  readonly findings: readonly Finding[];
  readonly config?: Config;
} {
  const findings = new Findings('configuration');
  const loaded = loadConfig(env, { service: 'standalone' });
  if (!loaded.ok) {
    for (const { variable, message } of loaded.problems)
      findings.fail(`${variable} ${message}.`, `Correct ${variable}, or take it away to get the default.`);
    return { findings: findings.list };
  }
  const { config, warnings } = loaded;
  for (const warning of warnings) findings.warn(warning, 'Change the variable that it names, unless it is meant so.');
  if (warnings.length === 0)
    findings.ok(`Every variable is well formed; tenant ${config.tenant}, data in ${config.dataDir}.`);
  return { findings: findings.list, config };
}
