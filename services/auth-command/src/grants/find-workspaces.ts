import { checkSlug, streams } from '@evident/domain';
import type { CommandEnvironment } from '../command-environment.ts';
import { isWorkspace } from './is-workspace.ts';

export interface FoundWorkspaces {
  /** Uuid by the text that was given. */
  readonly ids: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
}

const uuid = /^(?:ws_)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** Workspaces by id (`ws_` may stand before it) or slug, as the leader has them now. */
export async function findWorkspacesNamed(
  env: Pick<CommandEnvironment, 'log'>,
  references: readonly string[],
): Promise<FoundWorkspaces> {
  const each = [...new Set(references)];
  const found = await Promise.all(each.map((text) => find(env, text)));
  const ids = new Map(
    each.flatMap((text, place) => (found[place] === undefined ? [] : [[text, found[place]] as const])),
  );
  return { ids, unknown: each.filter((text) => !ids.has(text)) };
}

async function find({ log }: Pick<CommandEnvironment, 'log'>, text: string): Promise<string | undefined> {
  const id = uuid.exec(text)?.[1]?.toLowerCase();
  if (id !== undefined && (await isWorkspace(log, id))) return id;
  if (!checkSlug(text).ok) return undefined;
  const reservation = streams.reservation(log.tenant, 'workspace-slug', log.lookup.hash('workspace-slug', text));
  const holder = (await log.states.reservation.load(reservation)).state.current?.holder;
  return holder !== undefined && (await isWorkspace(log, holder)) ? holder : undefined;
}
