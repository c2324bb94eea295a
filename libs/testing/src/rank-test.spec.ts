import { describe, expect, test } from 'vitest';
import { kruskalWallis, mannWhitney } from './rank-test.ts';

/** Lehmer's generator, so that the same numbers come on every machine. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Skewed like answer times: a floor and a long tail. */
function times(count: number, random: () => number, shift = 0): number[] {
  return Array.from({ length: count }, () => 20 + shift - Math.log(1 - random()));
}

describe('two samples', () => {
  // Reference values: the documentation of SciPy, mannwhitneyu(…, method="asymptotic").
  test('get the U and p of the reference', () => {
    const test = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]);
    expect(test.statistic).toBe(17);
    expect(test.p).toBeCloseTo(0.11134688653314041, 12);
    expect(test.superiority).toBe(17 / 20);
  });

  test('say the same whichever is named first', () => {
    const random = numbersFrom(7);
    const [a, b] = [times(40, random), times(60, random, 0.2)];
    expect(mannWhitney(a, b).p).toBeCloseTo(mannWhitney(b, a).p, 12);
    expect(mannWhitney(a, b).superiority + mannWhitney(b, a).superiority).toBeCloseTo(1, 12);
  });

  test('that are all one value cannot be told apart', () => {
    expect(mannWhitney([5, 5, 5], [5, 5])).toEqual({ statistic: 3, p: 1, superiority: 0.5 });
  });
});

describe('several samples', () => {
  // Reference values: the documentation of SciPy, kruskal.
  test.each([
    [
      [
        [1, 3, 5, 7, 9],
        [2, 4, 6, 8, 10],
      ],
      0.2727272727272734,
      0.6015081344405895,
    ],
    [
      [
        [1, 1, 1],
        [2, 2, 2],
        [2, 2],
      ],
      7,
      0.0301973834223185,
    ],
  ])('%j get the H and p of the reference', (samples, statistic, p) => {
    const test = kruskalWallis(samples);
    expect(test.statistic).toBeCloseTo(statistic, 10);
    expect(test.p).toBeCloseTo(p, 12);
  });
});

describe('over many experiments', () => {
  const experiments = 400;
  const alarms = (shift: number) => {
    const random = numbersFrom(20_260_125);
    let [two, three] = [0, 0];
    for (let experiment = 0; experiment < experiments; experiment += 1) {
      const [a, b, c] = [times(300, random), times(300, random, shift), times(300, random)];
      two += Number(mannWhitney(a, b).p < 0.05);
      three += Number(kruskalWallis([a, b, c]).p < 0.05);
    }
    return { two: two / experiments, three: three / experiments };
  };

  test('samples of one source alarm as often as the level says', () => {
    for (const share of Object.values(alarms(0))) {
      expect(share).toBeGreaterThan(0.025);
      expect(share).toBeLessThan(0.08);
    }
  });

  test('a shift of a third of the spread is found nearly always in 300 of each', () => {
    for (const share of Object.values(alarms(0.33))) expect(share).toBeGreaterThan(0.95);
  });
});
