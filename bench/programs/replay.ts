import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { rawScanPerSecond } from '../limits/raw-scan.ts';
import type { Program } from '../program.ts';
import { type AuditedHistory, auditedHistory } from '../servers/audited-history.ts';
import { residentMib } from '../servers/resident-memory.ts';

const server = auditedHistory();
/** Parts of the replay at whose end memory is looked at. */
const steps = 5;

/** The whole log, once. Throws where an event is missing, comes twice or out of order. */
async function replayed({ url, token, history, deployment }: AuditedHistory) {
  const begun = performance.now();
  const answer = await fetch(`${url}/audit/replay`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok || answer.body === null) throw new Error(`/audit/replay answered ${answer.status}`);
  const resident: number[] = [];
  let [events, last, bytes] = [0, '', 0];
  let end: { readonly end?: boolean; readonly events?: number } = {};
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    bytes += line.length + 1;
    // Not parsed whole: whoever measures must not be slower than what is measured.
    const position = /"position":"([^"]+)"/.exec(line)?.[1] ?? '';
    if (line.startsWith('{"end"')) {
      end = JSON.parse(line);
      break;
    }
    if (position.length !== last.length && last !== '') throw new Error(`a line without a position: ${line}`);
    const [before, now] = [Number(last.split('~')[1] ?? 0), Number(position.split('~')[1])];
    if (now !== before + 1) throw new Error(`event ${now} came after event ${before}`);
    last = position;
    events += 1;
    if (events >= ((resident.length + 1) * history.events) / steps && resident.length < steps)
      resident.push(residentMib(deployment.process.pid));
  }
  if (end.end !== true || end.events !== events || events < history.events)
    throw new Error(`${events} events of ${history.events} came, and the end said ${JSON.stringify(end)}`);
  const seconds = (performance.now() - begun) / 1_000;
  return { perSecond: events / seconds, events, resident, mebibytes: bytes / 1_048_576 / seconds };
}

export const replay: Program = {
  name: 'replay',
  measures: 'GET /audit/replay of a whole history: events in order, without a gap or a double, counted',
  unit: 'per second',
  limit: 'a scan of the same log by the bare driver, each event parsed',
  budget: [],
  async run(round) {
    const on = await round.use(server);
    const before = residentMib(on.deployment.process.pid);
    const limit = rawScanPerSecond(on.deployment.dataDir);
    const { perSecond, events, resident, mebibytes } = await replayed(on);
    const steady = Object.fromEntries(
      resident.map((size, step) => [`resident at ${Math.round((100 * (step + 1)) / steps)} %, MiB`, size]),
    );
    return {
      figure: perSecond,
      limit,
      also: { events, 'MiB a second': mebibytes, 'resident before, MiB': before, ...steady },
    };
  },
};
