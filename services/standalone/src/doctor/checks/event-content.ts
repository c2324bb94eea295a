import { createPersonSealer, type PersonKeys, PersonKeysFault } from '@evident/crypto';
import { eventRegistry } from '@evident/domain';
import {
  createEventCodec,
  type EventCodec,
  type EventStore,
  installNewest,
  type StoredEvent,
} from '@evident/event-store';
import { subjectOfStream } from '@evident/evidence';
import { count } from '../../cli/count-text.ts';
import type { ReportProgress } from '../../cli/report-progress.ts';
import { scanLog } from '../../stores/scan-log.ts';
import { sealedPersons } from '../../stores/sealed-persons.ts';
import { type Finding, Findings } from '../finding.ts';

const named = 3;

/** Decodes every event of a log that is whole, as a projection would, and opens what is sealed in it. */
export async function checkEventContent(
  store: EventStore,
  personKeys: PersonKeys,
  { events: total, report }: { events: number; report: ReportProgress },
): Promise<readonly Finding[]> {
  const findings = new Findings('event content');
  const codec = createEventCodec(eventRegistry, createPersonSealer(personKeys));
  const withoutKey = new Set<string>();
  const unreadable: string[] = [];
  let read = 0;
  for await (const events of scanLog(store)) {
    const persons = [...new Set(events.flatMap(sealedPersons))];
    const keys = await personKeys.find(persons);
    for (const person of persons) if (!keys.has(person) && personKeys.peek(person) !== 'erased') withoutKey.add(person);
    for (const event of events) {
      const problem = await problemOf(codec, event);
      if (problem !== undefined) unreadable.push(problem);
    }
    read += events.length;
    report('Opening every event', read, total);
  }
  const [first] = withoutKey;
  if (first !== undefined) {
    findings.fail(
      `${count(withoutKey.size)} people in the log have no key and were not erased, for example ${first}.`,
      'Put back the newest person-keys.db that has them: restore the newest backup into an empty folder and compare. Do not start the server before: it would make new keys, which open nothing old.',
    );
  }
  for (const problem of unreadable.slice(0, named)) {
    findings.fail(problem, installNewest);
  }
  if (unreadable.length > named) findings.fail(`${unreadable.length - named} more events like these.`, 'The same.');
  if (findings.list.length === 0)
    findings.ok(`${count(read)} events can be read; every sealed member opens or was erased.`);
  return findings.list;
}

async function problemOf(codec: EventCodec, event: StoredEvent): Promise<string | undefined> {
  const where = `The event at position ${event.position}, of ${subjectOfStream(event.stream) ?? event.stream},`;
  try {
    const decoded = await codec.decode(event);
    if ('problem' in decoded) return `${where} cannot be read: ${decoded.message}.`;
    await decoded.client();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof PersonKeysFault)) throw fault;
    return `${where}: ${fault.message}`;
  }
}
