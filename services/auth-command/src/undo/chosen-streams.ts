import type { RequestOf, undoChanges } from '@evident/contracts';
import { parseStreamName } from '@evident/domain';
import { type DecodedEvent, type Position, readable, type StoredEvent } from '@evident/event-store';
import { parseSubject, planUndo, type UndoStep } from '@evident/evidence';
import type { Log } from '@evident/log';

type Events = RequestOf<typeof undoChanges>['events'];

/** A stream with its events, and the ids of those that are to be undone. */
export interface ChosenStream {
  readonly stream: string;
  readonly events: readonly DecodedEvent[];
  readonly chosen: ReadonlySet<string>;
}

/** A step with the stream that it is on, and what of that was chosen. */
export type PlannedStep = UndoStep & { readonly stream: string; readonly chosen: ReadonlySet<string> };

/** Streams as long as the log, of which nothing can be undone: of them only what was chosen is read. */
const endless: ReadonlySet<string> = new Set(['numbers', 'retention', 'seals', 'signin']);

/** The streams of the chosen events; undefined where one of these is not where it was said to be. */
export async function readChosen(
  log: Pick<Log, 'store' | 'codec' | 'tenant'>,
  events: Events,
): Promise<readonly ChosenStream[] | undefined> {
  const chosen = new Map<string, Map<string, StoredEvent>>();
  for (const { subject: text, revision, id } of events) {
    const subject = parseSubject(log.tenant, text);
    if (subject === undefined) return undefined;
    const { stream } = subject;
    // A reservation goes with the name that was claimed: nothing is ever done about it by itself.
    if (stream === undefined) continue;
    const [stored] = await log.store.readStream(stream, { from: revision, limit: 1 });
    if (stored?.id !== id) return undefined;
    const chosenHere = chosen.get(stream) ?? new Map();
    chosen.set(stream, chosenHere.set(id, stored));
  }
  const streams: ChosenStream[] = [];
  for (const [stream, chosenHere] of chosen) {
    const isEndless = endless.has(parseStreamName(stream)?.category ?? '');
    const all = await (isEndless ? decoded(log, [...chosenHere.values()]) : historyOf(log, stream));
    streams.push({ stream, events: all, chosen: new Set(chosenHere.keys()) });
  }
  return streams;
}

export async function historyOf(log: Pick<Log, 'store' | 'codec'>, stream: string): Promise<readonly DecodedEvent[]> {
  return decoded(log, await log.store.readStream(stream));
}

function decoded({ codec }: Pick<Log, 'codec'>, events: readonly StoredEvent[]): Promise<readonly DecodedEvent[]> {
  return Promise.all(events.map(async (event) => readable(await codec.decode(event))));
}

/** The latest changes are undone first, so that what was given with what was made goes before it. */
export function planSteps(streams: readonly ChosenStream[]): readonly PlannedStep[] {
  const steps = streams.flatMap((each) => {
    const { stream, chosen } = each;
    return planUndo(each).map((step) => ({ ...step, stream, chosen }));
  });
  return steps.sort((a, b) => (lastPosition(a) < lastPosition(b) ? 1 : -1));
}

function lastPosition({ events }: UndoStep): string {
  return events.at(-1)?.position ?? '';
}

/** What these commands left on the streams, in no order. */
export function eventsOfCommands(
  streams: readonly ChosenStream[],
  commands: ReadonlySet<string>,
): readonly StoredEvent[] {
  const all = streams.flatMap(({ events }) => events.map(({ stored }) => stored));
  return all.filter(({ metadata }) => commands.has(metadata.commandId));
}

/** The streams as they were before a position, and of what was chosen only what was there by then. */
export function streamsBefore(streams: readonly ChosenStream[], position: Position): readonly ChosenStream[] {
  return streams.flatMap(({ stream, events: all, chosen: chosenOfAll }) => {
    const events = all.filter(({ stored }) => stored.position < position);
    const chosen = new Set(events.map(({ stored }) => stored.id).filter((id) => chosenOfAll.has(id)));
    return chosen.size === 0 ? [] : [{ stream, events, chosen }];
  });
}
