import { type ErrorCodeName, fail, type ReplyError } from '@evident/contracts';
import { checkSlug, deriveSlug, type SlugKind } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

export interface WantedSlug {
  readonly kind: SlugKind;
  /** Uuid of the role or workspace that is to have it. */
  readonly holder: string;
  /** As somebody wrote it; where absent one is derived from the name. */
  readonly given: string | undefined;
  readonly name: string;
  /** How many claims the holder's stream says were given up: it names the attempt. */
  readonly abandoned: number;
}

/** A claim that stands and is to be completed on the holder's stream, or to be given up. */
export interface ClaimedSlug {
  readonly slug: string;
  readonly lookup: string;
  readonly claimId: string;
}

type SlugOutcome = ({ readonly ok: true } & ClaimedSlug) | { readonly ok: false; readonly error: ReplyError };

const codes = {
  'role-slug': { taken: 'role.slug-taken', invalid: 'role.invalid', otherwise: 'role' },
  'workspace-slug': { taken: 'workspace.slug-taken', invalid: 'workspace.invalid', otherwise: 'workspace' },
} as const satisfies Record<SlugKind, { taken: ErrorCodeName; invalid: ErrorCodeName; otherwise: string }>;

/** Beyond `name-9` nobody counts on: then a part of the holder's uuid tells the slug from all others. */
const lastCounted = 9;

/**
 * Claims a slug: a given one or none, a derived one with the first suffix that is free. The same command claims the
 * same one again, unless another became free meanwhile; then the sweeper frees what the earlier attempt held.
 */
export async function claimSlug(
  { log, claims }: Pick<CommandEnvironment, 'log' | 'claims'>,
  wanted: WantedSlug,
  command: Command,
): Promise<SlugOutcome> {
  const { kind, holder, given, abandoned } = wanted;
  const { taken, invalid } = codes[kind];
  if (given !== undefined) {
    const checked = checkSlug(given);
    if (!checked.ok) return fail(invalid, { details: { field: 'slug', reason: checked.reason } });
  }
  for (const slug of given === undefined ? derived(wanted) : [given]) {
    const lookup = log.lookup.hash(kind, slug);
    const claimId = uuid5(JSON.stringify(['claim', command.id, kind, lookup, abandoned]));
    const outcome = await claims.claim({ kind, lookup, claimId, holder }, command);
    if (outcome === 'claimed') return { ok: true, slug, lookup, claimId };
    if (outcome === 'contended') return fail('write.contended');
  }
  return fail(taken);
}

function* derived({ kind, name, holder }: WantedSlug): Generator<string> {
  const slug = deriveSlug(name, codes[kind].otherwise);
  yield slug;
  for (let count = 2; count <= lastCounted; count++) yield `${slug}-${count}`;
  yield `${slug}-${holder.slice(-12)}`;
}
