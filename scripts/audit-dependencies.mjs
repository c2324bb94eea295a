// Fails on known vulnerabilities of severity high or worse. A registry without the advisory service is said, not hidden.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--json', '--audit-level=high'], { encoding: 'utf8', shell: false });
const report = parse(stdout);
const found = report?.metadata?.vulnerabilities;
if (found === undefined) {
  console.log('Dependency audit skipped: the registry in use does not answer for advisories.');
} else if (found.high + found.critical > 0) {
  console.error(
    `Dependency audit: ${found.high} high and ${found.critical} critical advisories. Run npm audit for the list.`,
  );
  process.exitCode = 1;
} else {
  console.log(`Dependency audit: nothing high or critical among ${report.metadata.dependencies.total} dependencies.`);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
