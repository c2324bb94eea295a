import { fail } from '@evident/contracts';
import { canonicalSubject } from '@evident/evidence';
import { type ActiveTimesRow, activeTimesView } from '../projections/active-times.projection.ts';
import type { Found } from '../reading/reading.ts';
import { type Auditing, badQuery } from './auditing.ts';

const integer = /^\d+$/;

/** The user or app that a filter names, as a subject or by its integer id; those that were removed too. */
export async function findParty(
  { rows }: Pick<Auditing, 'rows'>,
  kind: 'user' | 'app',
  text: string,
): Promise<Found<ActiveTimesRow>> {
  if (integer.test(text)) {
    const number = Number(text);
    // Beyond that no id was ever given, and the rows could not tell two apart.
    if (!Number.isSafeInteger(number)) return fail('audit.unknown-subject');
    const where = { kind, number };
    const [found] = await rows.find(activeTimesView, { index: ['kind', 'number'], where, limit: 1 });
    return found?.row === undefined ? fail('audit.unknown-subject') : { found: found.row };
  }
  if (!text.startsWith(`${kind}:`) || text.length === kind.length + 1)
    return badQuery(`${kind}: ${JSON.stringify(text)} is neither ${kind}:<uuid> nor an integer id.`);
  const row = await rows.get(activeTimesView, canonicalSubject(text));
  return row === undefined ? fail('audit.unknown-subject') : { found: row };
}
