import { parseStreamName } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import type { Observed } from './observed.ts';

/** What is wrong with the log by itself, and with what is read from rows when held against it. */
export function checkLog({ events, users, apps }: Pick<Observed, 'events' | 'users' | 'apps'>): string[] {
  const log = new LogFold();
  for (const event of events) log.add(event);
  return [
    ...log.problems,
    ...users.flatMap(({ id, uid }) => log.numberProblem('user', id, uid)),
    ...apps.flatMap(({ id, uid }) => log.numberProblem('app', id, uid)),
    ...log.countProblem('user', users.length),
    ...log.countProblem('app', apps.length),
  ];
}

/** Text members only: nothing that is looked at here is sealed. */
type Data = Readonly<Record<string, string | number>>;

class LogFold {
  readonly problems: string[] = [];
  readonly #revisions = new Map<string, number>();
  /** Kind and keyed hash of each identifier that somebody has, with who. */
  readonly #owners = new Map<string, string>();
  /** Claim ids of what is owned now. */
  readonly #claims = new Map<string, string>();
  readonly #abandoned = new Set<string>();
  readonly #numbers = new Map<string, string>();
  readonly #holders = new Set<string>();
  readonly #registered = new Map<string, Set<string>>();
  readonly #administrators = new Set<string>();
  #hadAdministrator = false;

  add(event: StoredEvent): void {
    const { stream, revision } = event;
    const next = (this.#revisions.get(stream) ?? -1) + 1;
    if (revision !== next) this.#problem(event, `revision ${revision} where ${next} was next`);
    this.#revisions.set(stream, revision);
    const { id = '' } = parseStreamName(stream) ?? {};
    const data = event.data as Data;
    switch (event.type) {
      case 'user.registered':
      case 'app.registered':
        this.#register(event, event.type === 'user.registered' ? 'user' : 'app', id, Number(data.number));
        return;
      case 'user.identifier-added':
        this.#own(event, id, data);
        return;
      case 'user.identifier-removed':
        this.#owners.delete(this.#claims.get(String(data.claimId)) ?? '');
        return;
      case 'user.claim-abandoned':
        this.#abandoned.add(String(data.claimId));
        return;
      case 'number.allocated':
        this.#allocate(event, id, data);
        return;
      case 'roster.granted':
        this.#administrators.add(String(data.userId));
        this.#hadAdministrator = true;
        return;
      case 'roster.suspended':
      case 'roster.revoked':
        this.#administrators.delete(String(data.userId));
        if (this.#hadAdministrator && this.#administrators.size === 0) this.#problem(event, 'no administrator is left');
    }
  }

  /** What the integer id of an object stands for must be that object. */
  numberProblem(kind: string, number: number, uid: string): string[] {
    const holder = this.#numbers.get(`${kind} ${number}`);
    return holder === uid ? [] : [`${kind} ${number} is ${uid}, allocated to ${holder ?? 'nobody'}`];
  }

  /** Rows are of what was registered, each once; nothing is removed here. */
  countProblem(kind: string, listed: number): string[] {
    const registered = this.#registered.get(kind)?.size ?? 0;
    return registered === listed ? [] : [`${listed} of kind ${kind} are listed, ${registered} are registered`];
  }

  #register(event: StoredEvent, kind: string, uid: string, number: number): void {
    const before = this.#registered.get(kind) ?? new Set();
    if (before.has(uid)) this.#problem(event, 'registered a second time');
    this.#registered.set(kind, before.add(uid));
    this.problems.push(...this.numberProblem(kind, number, uid));
  }

  #own(event: StoredEvent, userId: string, { kind, lookup, claimId }: Data): void {
    const identifier = `${kind} ${lookup}`;
    const owner = this.#owners.get(identifier) ?? userId;
    if (owner !== userId) this.#problem(event, `a second owner of what ${owner} has`);
    if (this.#abandoned.has(String(claimId))) this.#problem(event, 'completes a claim that was given up');
    this.#owners.set(identifier, userId);
    this.#claims.set(String(claimId), identifier);
  }

  #allocate(event: StoredEvent, kind: string, { value, holder }: Data): void {
    if (value !== event.revision + 1) this.#problem(event, `value ${value} at revision ${event.revision}`);
    if (this.#holders.has(`${kind} ${holder}`)) this.#problem(event, `a second number for ${holder}`);
    this.#holders.add(`${kind} ${holder}`);
    this.#numbers.set(`${kind} ${value}`, String(holder));
  }

  #problem({ stream, type, position }: StoredEvent, text: string): void {
    this.problems.push(`${type} at ${position} of ${stream}: ${text}`);
  }
}
