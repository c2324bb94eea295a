import { fail } from '@evident/contracts';
import { parseSubject } from '@evident/evidence';
import { reservationStreamsView } from '../projections/reservation-streams.projection.ts';
import type { Found } from '../reading/reading.ts';
import { type Auditing, badQuery } from './auditing.ts';

export interface FoundSubject {
  /** As it is printed. */
  readonly text: string;
  readonly category: string;
  readonly stream: string;
}

/** The stream that a subject names: by itself, or by a row where what it is named by is shown to nobody. */
export async function findSubject({ tenant, log, rows }: Auditing, text: string): Promise<Found<FoundSubject>> {
  const subject = parseSubject(tenant, text);
  if (subject === undefined) return badQuery(`${JSON.stringify(text)} is no subject, like user:<uuid>.`);
  const stream = subject.stream ?? (await rows.get(reservationStreamsView, subject.text))?.stream;
  const [last] = stream === undefined ? [] : await log.store.readStreamEnd(stream, 1);
  if (stream === undefined || last === undefined) return fail('audit.unknown-subject');
  return { found: { text: subject.text, category: subject.category, stream } };
}
