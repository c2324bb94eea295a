import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type History, type HistoryManifest, type HistoryOptions, historyFrom } from './history.ts';
import type { HistoryWork } from './history-process.ts';

/** Raised with whatever changes what a history holds, so that none made by an older program is taken for one. */
const version = 1;

/**
 * A history of that many users, apps and sign-ins: the one that was made before with the same options, or a new one.
 * Its events come from the deciders, are encoded with the domain's registry, sealed under the keys of a real key
 * file and appended through the event-store port, so a server cannot tell it from a life of its own. One thing is
 * not as in life: all users share one password hash. Needs a build.
 */
export async function generateHistory(options: HistoryOptions): Promise<History> {
  const folder = join(options.directory, nameOf(options));
  const dataDir = join(folder, 'data');
  const manifest = join(folder, 'history.json');
  if (existsSync(manifest)) {
    const present = JSON.parse(readFileSync(manifest, 'utf8')) as HistoryManifest;
    return historyFrom(dataDir, await workApart(dataDir, options, present));
  }
  const draft = `${folder}.${process.pid}.draft`;
  mkdirSync(draft, { recursive: true });
  try {
    const made = await workApart(join(draft, 'data'), options);
    writeFileSync(join(draft, 'history.json'), JSON.stringify(made, undefined, 2));
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return historyFrom(dataDir, made);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** In a process of its own, so that nothing of it is in the memory of what is measured. */
async function workApart(
  dataDir: string,
  { onProgress = () => {}, ...options }: HistoryOptions,
  present?: HistoryManifest,
): Promise<HistoryManifest> {
  const child = fork(join(import.meta.dirname, 'history-process.ts'), [], { execArgv: [] });
  let made: HistoryManifest | undefined;
  child.on('message', (told: { readonly line?: string; readonly made?: HistoryManifest }) => {
    made = told.made ?? made;
    if (told.line !== undefined) onProgress(told.line);
  });
  child.send({ dataDir, options, ...(present === undefined ? {} : { present }) } satisfies HistoryWork);
  await once(child, 'exit');
  if (made === undefined) throw new Error('the history was not made; what its process printed says why');
  return made;
}

function nameOf(options: HistoryOptions): string {
  const { users, apps, signIns = 0, sessions = 0, changes = 0, assignmentsEach = 1, days = 30 } = options;
  const { rows = true, seals = true } = options;
  const counts = `u${users}-a${apps}-i${signIns}-s${sessions}-c${changes}-e${assignmentsEach}-d${days}`;
  return `history-${version}-${counts}${rows ? '' : '-rowless'}${seals ? '' : '-unsealed'}`;
}
