import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/event-store.port.ts';
import { openEmbeddedEventStore } from './embedded-event-store.ts';

/**
 * A program of its own that appends to the log at `path` from several writers until it is killed or has made so many
 * appends, and prints the ids of each append on a line once it is acknowledged. Run with
 * `node writing-process.fixture.ts <path> <name> <writers> <appends>`.
 */
const [path = '', name = '', writers = '1', appends = '1'] = process.argv.slice(2);
const store = await openEmbeddedEventStore({ path });
let left = Number(appends);

async function write(writer: number): Promise<void> {
  for (let round = 0; left > 0; round++) {
    left--;
    const events = Array.from({ length: 1 + (round % 3) }, anEvent);
    // Some streams are this process's own, one is written by all.
    const stream = round % 4 === 0 ? 'shared-main' : `${name}-main.${writer}`;
    const outcome = await store.append(stream, events, 'any');
    if (outcome.outcome === 'appended') process.stdout.write(`${events.map(({ id }) => id).join(',')}\n`);
  }
}

function anEvent(): NewEvent {
  const metadata = {
    tenant: 'main',
    actor: 'system',
    commandId: randomUUID(),
    correlationId: name,
    occurredAt: Date.now(),
  };
  return { id: randomUUID(), type: 'sample.happened', schema: 1, data: { name }, metadata };
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
await store.close();
