import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load, PlannedRequest, Seen } from './plan.ts';

export const hasWrk: boolean = spawnSync('wrk', ['--version']).error === undefined;

export async function byWrk({ url, connections, seconds, requests }: Load): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'evident-wrk-'));
  const file = join(folder, 'load.lua');
  writeFileSync(file, script(requests));
  // wrk counts whole seconds only.
  const duration = Math.max(1, Math.round(seconds));
  const args = ['-t1', `-c${connections}`, `-d${duration}s`, '--timeout', '30s', '-s', file, url];
  const { stdout } = await promisify(execFile)('wrk', args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const done = /^loaded (.*)$/m.exec(stdout)?.[1];
  if (done === undefined) throw new Error(`wrk did not say what it did:\n${stdout}`);
  return JSON.parse(done) as Seen;
}

function script(requests: readonly PlannedRequest[]): string {
  const made = requests.map(({ method, path, headers = {}, body }) => {
    const lines = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`);
    return `wrk.format(${quoted(method)},${quoted(path)},{${lines.join(',')}},${body === undefined ? 'nil' : quoted(body)})`;
  });
  return `local made, at = nil, 0
init = function() made = {${made.join(',\n')}} end
request = function() at = at % #made + 1 return made[at] end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('loaded {"perSecond":%f,"p50":%f,"p99":%f,"answers":%d,"refused":%d}\\n',
    (summary.requests - errors.status) / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.requests, errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;
}

/** A string of Lua; JSON's escapes are Lua's, except for those of code points. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text)];
  const safe = bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c);
  if (safe) return `"${text}"`;
  return `"${bytes.map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`;
}
