/** How likely samples that differ at least this much are where nothing differs. */
export interface RankTest {
  readonly statistic: number;
  /** Two-sided, 0 to 1. */
  readonly p: number;
}

export interface TwoSampleRankTest extends RankTest {
  /** How often a sample of the first is the greater one, ties counted half: 0.5 where neither is. */
  readonly superiority: number;
}

/**
 * Mann and Whitney's U (Annals of Mathematical Statistics 18, 1947): does one of two samples tend to be greater? Makes
 * no assumption about their distribution. By the normal approximation, corrected for ties and continuity: for samples
 * of about twenty and more. The statistic is the U of the first sample.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): TwoSampleRankTest {
  const [n, m] = [first.length, second.length];
  const { rankSums, tied } = ranked([first, second]);
  const u = (rankSums[0] ?? 0) - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tied / (total * (total - 1)));
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  // Where all values are one there is no order, and so nothing that could be told apart.
  const p = variance === 0 ? 1 : Math.min(1, upperGamma(0.5, distance ** 2 / (2 * variance)));
  return { statistic: u, p, superiority: u / (n * m) };
}

/**
 * Kruskal and Wallis' H (Journal of the American Statistical Association 47, 1952): does any of several samples tend to
 * be greater or smaller than the others? By the chi-square approximation, corrected for ties.
 */
export function kruskalWallis(samples: readonly (readonly number[])[]): RankTest {
  const { rankSums, tied, total } = ranked(samples);
  const spread = samples.reduce((sum, { length }, index) => sum + (rankSums[index] ?? 0) ** 2 / length, 0);
  const uncorrected = (12 / (total * (total + 1))) * spread - 3 * (total + 1);
  const correction = 1 - tied / (total ** 3 - total);
  const statistic = correction === 0 ? 0 : uncorrected / correction;
  return { statistic, p: upperGamma((samples.length - 1) / 2, statistic / 2) };
}

/** The sum of ranks in each sample, equal values sharing the mean of theirs; `tied` sums t³ − t over groups of t equals. */
function ranked(samples: readonly (readonly number[])[]) {
  const all = samples.flatMap((values, sample) => values.map((value) => ({ value, sample })));
  all.sort((a, b) => a.value - b.value);
  const rankSums = samples.map(() => 0);
  let tied = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (const { sample } of all.slice(from, to)) rankSums[sample] = (rankSums[sample] ?? 0) + rank;
    tied += (to - from) ** 3 - (to - from);
  }
  return { rankSums, tied, total: all.length };
}

const convergedAt = 1e-15;

/** Regularised upper incomplete gamma function Q(a, x), by its series or its continued fraction (DLMF 8.7.1, 8.9.2). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = a + 1; term > sum * convergedAt; n += 1) {
      term *= x / n;
      sum += term;
    }
    return 1 - sum * scale;
  }
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1, factor = 0; Math.abs(factor - 1) > convergedAt && n < 1_000; n += 1) {
    b += 2;
    d = 1 / (b - n * (n - a) * d);
    c = b - (n * (n - a)) / c;
    factor = c * d;
    fraction *= factor;
  }
  return fraction * scale;
}

/** Of halves and whole numbers, which is what degrees of freedom give. */
function logGamma(a: number): number {
  let sum = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let factor = a % 1 === 0 ? 1 : 0.5; factor < a; factor += 1) sum += Math.log(factor);
  return sum;
}
