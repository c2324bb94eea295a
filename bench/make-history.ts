/**
 * Makes a history to be measured on, or says where the one made before lies.
 * `npm run build && node bench/make-history.ts <directory> <users> [apps] [sign-ins] [changes] [sessions]`
 */
import { generateHistory } from './history/generate-history.ts';

const [directory, users = 1_000, apps = 100, signIns = 0, changes = 0, sessions = 0] = process.argv
  .slice(2)
  .map((given, index) => (index === 0 ? given : Number(given))) as [string, ...number[]];
if (directory === undefined) throw new Error('say where histories are kept');
const begun = performance.now();
const history = await generateHistory({
  directory,
  users,
  apps,
  signIns,
  changes,
  sessions,
  onProgress: (line) => console.log(line),
});
console.log(
  `${history.dataDir}: ${history.events} events, made in ${history.seconds} s, found in ${((performance.now() - begun) / 1_000).toFixed(1)} s`,
);
