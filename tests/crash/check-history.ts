import { checkLog } from './check-log.ts';
import type { Entry } from './history.ts';
import type { Observed } from './observed.ts';
import { PossibleValues } from './possible-values.ts';

/**
 * Everything that is wrong with what is there, given what callers were told: acknowledged writes that are gone,
 * doubled or altered, answers that contradict each other, objects nobody asked for, names and ids that two have.
 * Empty where the promises were kept.
 */
export function checkHistory(history: readonly Entry[], observed: Observed): string[] {
  return [
    ...observed.damage.map((problem) => `the log is damaged: ${problem}`),
    ...unexpectedRefusals(history),
    ...contradictions(history),
    ...alteredMembers(history, observed),
    ...unaskedObjects(history, observed),
    ...shared('username', observed.users, ({ username }) => username.toLowerCase()),
    ...shared('email', observed.users, ({ email }) => email.toLowerCase()),
    ...shared('user id', observed.users, ({ id }) => String(id)),
    ...shared('app id', observed.apps, ({ id }) => String(id)),
    ...shared('name of an app', observed.apps, ({ name }) => name),
    ...shared('assignment', observed.assignments, (assignment) => assignment),
    ...checkLog(observed),
  ];
}

/** Callers ask for nothing that may be refused, but for names that others want as well. */
function unexpectedRefusals(history: readonly Entry[]): string[] {
  return history.flatMap(({ operation, outcome }) =>
    outcome.kind === 'refused' && !(outcome.status === 409 && operation.kind === 'register-user')
      ? [`${operation.kind} was refused with ${outcome.status} ${JSON.stringify(outcome.body)}`]
      : [],
  );
}

/** A repeat with the same key answers as the first time, and what one caller was given no other gets. */
function contradictions(history: readonly Entry[]): string[] {
  const found: string[] = [];
  const answers = new Map<string, string>();
  const holders = new Map<string, string>();
  for (const { operation, idempotencyKey, outcome } of history) {
    if (outcome.kind !== 'acknowledged') continue;
    const answer = JSON.stringify(outcome.body);
    const before = answers.get(idempotencyKey) ?? answer;
    if (before !== answer) found.push(`a repeat of ${operation.kind} was answered ${answer}, before ${before}`);
    answers.set(idempotencyKey, answer);
    if (operation.kind !== 'register-user' && operation.kind !== 'register-app') continue;
    const id = `${operation.kind} ${outcome.body.id}`;
    const holder = holders.get(id) ?? idempotencyKey;
    if (holder !== idempotencyKey) found.push(`${id} was given to two callers`);
    holders.set(id, holder);
  }
  return found;
}

function alteredMembers(history: readonly Entry[], { users, apps, assignments }: Observed): string[] {
  const there = new Map<string, string | boolean>();
  for (const { id, username, email, is_active } of users) {
    there.set(`user ${id} username`, username);
    there.set(`user ${id} email`, email);
    there.set(`user ${id} active`, is_active);
  }
  for (const { id, name, url, api_key_prefix } of apps) {
    there.set(`app ${id} name`, name);
    there.set(`app ${id} url`, url);
    there.set(`app ${id} prefix`, api_key_prefix);
  }
  for (const assignment of assignments) there.set(`user ${assignment.replace('/', ' app ')}`, true);
  const found: string[] = [];
  for (const [member, possible] of new PossibleValues(history).members) {
    const value = there.get(member) ?? (/^user \d+ app \d+$/.test(member) ? false : undefined);
    if (value === undefined || !possible.has(value)) {
      found.push(`${member} is ${value ?? 'gone'}, acknowledged was ${[...possible].join(' or ')}`);
    }
  }
  return found;
}

/** Objects that no attempt could have made, whether its caller got an answer or not. */
function unaskedObjects(history: readonly Entry[], { users, apps }: Observed): string[] {
  const asked = new Set(['user admin']);
  for (const { operation, outcome } of history) {
    if (outcome.kind === 'refused') continue;
    if (operation.kind === 'register-app') asked.add(`app ${operation.name}`);
    if (operation.kind === 'register-user') asked.add(`user ${operation.username}`);
  }
  return [
    ...users.filter(({ username }) => !asked.has(`user ${username}`)),
    ...apps.filter(({ name }) => !asked.has(`app ${name}`)),
  ].map((object) => `nobody asked for ${JSON.stringify(object)}`);
}

function shared<Item>(what: string, items: readonly Item[], of: (item: Item) => string): string[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([value, count]) => `${count} have the ${what} ${value}`);
}
