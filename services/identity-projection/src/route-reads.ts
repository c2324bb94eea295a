import { type AnyView, ReadModelFault, type ReadModelStore } from '@evident/read-model';
import type { ProjectionGroup } from './groups/projection-group.ts';

type Reading = 'get' | 'getMany' | 'find' | 'findKeys' | 'scan';

/**
 * The store as queries see it: each view is read where the rows of this program lie, be that beside those of another
 * version, and one that is not filled yet is away rather than empty.
 */
export function routeReads(store: ReadModelStore, groups: () => readonly ProjectionGroup[]): ReadModelStore {
  const groupOf = new WeakMap<AnyView, ProjectionGroup | undefined>();
  const rowsOf = (view: AnyView): ReadModelStore => {
    if (!groupOf.has(view)) {
      groupOf.set(
        view,
        groups().find(({ projections }) => projections.some((each) => each.view === view)),
      );
    }
    const group = groupOf.get(view);
    const rows = group === undefined ? store : group.rowsOf(view);
    if (rows === undefined) throw new ReadModelFault('unavailable', `${view.name} is being filled`);
    return rows;
  };
  const routed =
    (name: Reading) =>
    async (view: AnyView, ...rest: readonly unknown[]): Promise<unknown> => {
      const read = (from: ReadModelStore) =>
        (from[name] as (view: AnyView, ...rest: readonly unknown[]) => Promise<unknown>).call(from, view, ...rest);
      const rows = rowsOf(view);
      try {
        return await read(rows);
      } catch (error) {
        // They were adopted a moment ago: what lay beside is what everybody reads now.
        if (rows !== store && error instanceof ReadModelFault && error.code === 'misuse') return read(store);
        throw error;
      }
    };
  const reads = {
    get: routed('get'),
    getMany: routed('getMany'),
    find: routed('find'),
    findKeys: routed('findKeys'),
    scan: routed('scan'),
  };
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(reads, name)) return reads[name as Reading];
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
