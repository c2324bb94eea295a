import type { Entry } from './history.ts';
import { writtenUrl } from './operations.ts';

type Value = string | boolean;

/**
 * What each member of each object may be after a history: the one acknowledged last, and whatever of the attempts in
 * doubt since then. Each object has one caller who changes it, one change after the other.
 */
export class PossibleValues {
  readonly #values = new Map<string, Set<Value>>();

  constructor(history: readonly Entry[]) {
    for (const entry of history) this.#add(entry);
  }

  /** Members of which something is known, with what they may be. */
  get members(): ReadonlyMap<string, ReadonlySet<Value>> {
    return this.#values;
  }

  #add({ operation, outcome }: Entry): void {
    if (outcome.kind === 'refused') return;
    const certain = outcome.kind === 'acknowledged';
    const put = (member: string, value: Value) => this.#put(member, value, certain);
    switch (operation.kind) {
      case 'register-user':
        // In doubt it has no id yet, so nothing of it can be told.
        if (!certain) return;
        put(`user ${outcome.body.id} username`, operation.username);
        put(`user ${outcome.body.id} email`, operation.email);
        put(`user ${outcome.body.id} active`, true);
        return;
      case 'register-app':
        if (!certain) return;
        put(`app ${outcome.body.id} name`, operation.name);
        put(`app ${outcome.body.id} url`, writtenUrl);
        put(`app ${outcome.body.id} prefix`, outcome.body.api_key_prefix);
        return;
      case 'assign':
      case 'unassign':
        put(`user ${operation.user} app ${operation.app}`, operation.kind === 'assign');
        return;
      case 'change-user':
        if (operation.email !== undefined) put(`user ${operation.user} email`, operation.email);
        if (operation.active !== undefined) put(`user ${operation.user} active`, operation.active);
        return;
      case 'change-app':
        put(`app ${operation.app} url`, operation.url);
        return;
      case 'rotate-key':
        // In doubt the new key was never seen, so nothing is known of its prefix any more.
        if (certain) put(`app ${operation.app} prefix`, outcome.body.api_key.slice(0, 12));
        else this.#values.delete(`app ${operation.app} prefix`);
    }
  }

  #put(member: string, value: Value, certain: boolean): void {
    const known = this.#values.get(member);
    if (certain) this.#values.set(member, new Set([value]));
    // Only assignments are in doubt before anything is known of them.
    else this.#values.set(member, new Set([...(known ?? [false]), value]));
  }
}
