import type { ReplayedAttempt, ReplayedOutcome } from '@evident/evidence';
import { count as counted } from '../cli/count-text.ts';
import { textTable } from '../cli/text-table.ts';

interface Change {
  readonly recorded: ReplayedOutcome;
  readonly replayed: ReplayedOutcome;
  attempts: number;
}

/** Adds up what a replay against a policy found; as large as there are kinds of outcome. */
export class PolicyReport {
  readonly #changes = new Map<string, Change>();
  #attempts = 0;

  add({ recorded, replayed, count, differs }: ReplayedAttempt): void {
    this.#attempts += count;
    if (!differs) return;
    const key = `${said(recorded)} ${said(replayed)}`;
    const change = this.#changes.get(key) ?? { recorded, replayed, attempts: 0 };
    change.attempts += count;
    this.#changes.set(key, change);
  }

  /** `differ` are those whose outcome would be another, `unknown` those of whom nobody can say. */
  totals() {
    const changes = [...this.#changes.values()].toSorted((a, b) => b.attempts - a.attempts);
    const sum = (some: readonly Change[]) => some.reduce((total, { attempts }) => total + attempts, 0);
    const unknown = sum(changes.filter(({ replayed }) => replayed.outcome === 'unknown'));
    return { attempts: this.#attempts, differ: sum(changes) - unknown, unknown, changes };
  }

  asText(): string {
    const { attempts, differ, unknown, changes } = this.totals();
    const line = `${counted(attempts)} attempts: ${counted(differ)} would have come out differently, ${counted(unknown)} are unknown.\n`;
    if (changes.length === 0) return line;
    const rows = changes.map((change) => [said(change.recorded), said(change.replayed), counted(change.attempts)]);
    return `${line}\n${textTable(['recorded', 'replayed', 'attempts'], rows)}`;
  }
}

/** One difference as a line for programs. */
export function differenceObject({ attempt, recorded, replayed, count }: ReplayedAttempt) {
  const { time, user, app, clientIp, purpose, eventId } = attempt;
  return { time, user, app, clientIp, purpose, recorded, replayed, attempts: count, event: eventId };
}

const [timeWidth, subjectWidth, outcomeWidth] = [24, 41, 28];
const columns = ['time', 'user', 'app', 'recorded', 'replayed', 'attempts'];

/** Differences of one page as people read them; columns have their width from page to page. */
export function differencesTable(differences: readonly ReplayedAttempt[], isFirst: boolean): string {
  const rows = differences.map(({ attempt: { time, user, app }, recorded, replayed, count }) => [
    time.padEnd(timeWidth),
    (user ?? 'nobody known').padEnd(subjectWidth),
    (app ?? '').padEnd(subjectWidth - 1),
    said(recorded).padEnd(outcomeWidth),
    said(replayed).padEnd(outcomeWidth),
    counted(count),
  ]);
  const table = textTable(columns, rows);
  return isFirst ? table : table.slice(table.indexOf('\n') + 1);
}

function said({ outcome, reason }: ReplayedOutcome): string {
  return reason === null ? outcome : `${outcome}: ${reason}`;
}
