import { type auditState, type ValueOf, withheld } from '@evident/contracts';
import { erased } from '@evident/event-store';
import type { AuditAnswers } from '@evident/identity-projection';

/** By subject, of those that have one. */
export type SubjectNames = ReadonlyMap<string, string>;

/** A server is asked about so many at once. */
const together = 16;

/** The names that users and apps bore at a moment. Who was erased has none, nor has whom the asker may not read. */
export async function subjectNames(
  answers: Pick<AuditAnswers, 'auditState'>,
  subjects: readonly string[],
  at: string,
): Promise<SubjectNames> {
  const named = [...new Set(subjects)].filter((subject) => /^(?:user|app):/.test(subject));
  const names = new Map<string, string>();
  for (let from = 0; from < named.length; from += together) {
    const asked = named.slice(from, from + together);
    const states = await Promise.all(asked.map((subject) => answers.auditState({ subject, at })));
    for (const { subject, state } of states) {
      const name = nameIn(subject, state);
      if (name !== undefined) names.set(subject, name);
    }
  }
  return names;
}

function nameIn(subject: string, state: ValueOf<typeof auditState>['state']): string | undefined {
  const name = subject.startsWith('user:') ? state?.username : state?.name;
  return typeof name === 'string' && name !== erased && name !== withheld ? name : undefined;
}
