import { describe, expect, it } from 'vitest';
import { ProgressBar, progressLine } from './progress-bar.ts';

function barOn(isTTY: boolean, clock: { now: number }) {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text), isTTY, columns: 80 };
  return { bar: new ProgressBar(output, () => clock.now), written };
}

describe('a progress bar', () => {
  it('writes nothing where nobody looks', () => {
    const { bar, written } = barOn(false, { now: 0 });
    bar.report('Reading the log', 1, 2);
    bar.clear();
    expect(written).toEqual([]);
  });

  it('is drawn at most every 80 ms, and always at a new step and at the end', () => {
    const clock = { now: 0 };
    const { bar, written } = barOn(true, clock);
    bar.report('Reading', 1, 100);
    bar.report('Reading', 2, 100);
    expect(written).toHaveLength(1);
    clock.now = 80;
    bar.report('Reading', 3, 100);
    bar.report('Reading', 100, 100);
    bar.report('Writing', 0, 0);
    expect(written).toHaveLength(4);
    expect(written.at(-1)).toContain('Writing …');
  });

  it('takes its line away, once', () => {
    const { bar, written } = barOn(true, { now: 0 });
    bar.report('Reading', 1, 2);
    bar.clear();
    bar.clear();
    expect(written.slice(1)).toEqual(['\r\u001b[K']);
  });

  it('shows the share and the counts', () => {
    expect(progressLine('Reading', 1500, 3000)).toBe(
      `Reading  ${'█'.repeat(12)}${'░'.repeat(12)}   50 %  1,500 of 3,000`,
    );
    expect(progressLine('Reading', 4, 3)).toContain('100 %');
  });
});
