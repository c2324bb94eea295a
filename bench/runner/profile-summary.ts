import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Window } from './measure.ts';

const root = `${pathToFileURL(join(import.meta.dirname, '../..'))}/`;
/** Not work of a processor, though a sampler finds them on the stack. */
const waits = new Set(['(idle)', '(program)', '(root)', 'atomicsWaitLoop']);

/** The parts of V8's format that are read here. Times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface SelfTime {
  readonly name: string;
  readonly ms: number;
}

export interface ProfileSummary {
  readonly spanMs: number;
  readonly busyMs: number;
  readonly packages: readonly SelfTime[];
  readonly functions: readonly SelfTime[];
}

/** Self time inside the windows, most first; what waits is not counted as busy. */
export function summarize(profile: CpuProfile, windows: readonly Window[]): ProfileSummary {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const own = new Map<CallFrame, number>();
  let at = profile.startTime;
  profile.samples.forEach((node, index) => {
    const took = profile.timeDeltas[index + 1] ?? 0;
    at += profile.timeDeltas[index] ?? 0;
    const frame = frames.get(node);
    if (frame === undefined || isWaiting(frame) || !windows.some(([begin, end]) => at >= begin && at < end)) return;
    own.set(frame, (own.get(frame) ?? 0) + took / 1_000);
  });
  return {
    spanMs: windows.reduce((sum, [begin, end]) => sum + (end - begin) / 1_000, 0),
    busyMs: [...own.values()].reduce((sum, ms) => sum + ms, 0),
    packages: summed(own, packageOf),
    functions: summed(own, functionOf),
  };
}

/** `(program)` is native code outside of JavaScript, waiting for the kernel included: a sampler cannot tell them apart. */
function isWaiting({ functionName }: CallFrame): boolean {
  return waits.has(functionName);
}

function summed(own: ReadonlyMap<CallFrame, number>, nameOf: (frame: CallFrame) => string): readonly SelfTime[] {
  const sums = new Map<string, number>();
  for (const [frame, ms] of own) sums.set(nameOf(frame), (sums.get(nameOf(frame)) ?? 0) + ms);
  return [...sums].map(([name, ms]) => ({ name, ms })).toSorted((a, b) => b.ms - a.ms);
}

/** A package of npm, a room of this repository, a module of Node, or what has no file. */
function packageOf(frame: CallFrame): string {
  const { url } = frame;
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (installed !== undefined && !installed.startsWith('@evident/')) return installed;
  const room = url.startsWith(root) ? url.slice(root.length).split('/').slice(0, 2).join('/') : undefined;
  return room ?? installed ?? (url.startsWith('node:') ? url.split('/')[0] : undefined) ?? builtIn(frame);
}

function functionOf(frame: CallFrame): string {
  const { functionName, url, lineNumber } = frame;
  const file = url.startsWith(root) ? url.slice(root.length) : url;
  return url === '' ? builtIn(frame) : `${functionName || '(anonymous)'}  ${file}:${lineNumber + 1}`;
}

function builtIn({ functionName }: CallFrame): string {
  return functionName.startsWith('(') ? functionName : `native ${functionName}`;
}
