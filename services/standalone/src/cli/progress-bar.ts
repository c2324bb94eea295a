import type { Clock } from '@evident/runtime';
import { count } from './count-text.ts';
import type { ReportProgress } from './report-progress.ts';
import type { Output } from './terminal.ts';

const barWidth = 24;
const redrawMs = 80;
const clearLine = '\r\u001b[K';

/** One line that is drawn over and over, on a terminal only: in a pipe or a log it would be noise. */
export class ProgressBar {
  readonly #output: Output;
  readonly #now: Clock;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #step = '';
  #shown = false;

  constructor(output: Output, now: Clock) {
    this.#output = output;
    this.#now = now;
  }

  readonly report: ReportProgress = (step, done, of) => {
    if (this.#output.isTTY !== true) return;
    const at = this.#now();
    if (step === this.#step && done < of && at - this.#drawnAt < redrawMs) return;
    this.#step = step;
    this.#drawnAt = at;
    this.#shown = true;
    this.#output.write(clearLine + progressLine(step, done, of).slice(0, (this.#output.columns ?? 80) - 1));
  };

  /** Takes the line away, so that what is printed next begins on a clean one. */
  clear(): void {
    if (this.#shown) this.#output.write(clearLine);
    this.#shown = false;
  }
}

export function progressLine(step: string, done: number, of: number): string {
  if (of === 0) return `${step} …`;
  const share = Math.min(1, done / of);
  const filled = Math.round(share * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${step}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)} %  ${count(done)} of ${count(of)}`;
}
