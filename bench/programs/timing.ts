import { randomInt } from 'node:crypto';
import { type Deployment, kruskalWallis, mannWhitney, startDeployment } from '@evident/testing';
import type { Program, Resource } from '../program.ts';
import { median } from '../runner/spread.ts';
import { furnishClasses, type TimedClasses, tokenClasses, verifyClasses } from '../servers/timed-classes.ts';

/** Of all tests of one table together that nothing differs, and yet one of them says so. */
const level = 0.01;
const warmUps = 10;

/** Default settings, attempt limits and the memo of proven passwords included. */
const deployment: Resource<{ now: Deployment }> = async ({ serverEnv }) => {
  const env = { LOG_LEVEL: 'error', TRUST_PROXY: '127.0.0.1', ...serverEnv };
  const value = { now: await startDeployment({ shape: 'main', env }) };
  return { value, close: () => value.now.remove() };
};

/**
 * Can who does not know the password learn from the time of an answer whether there is such a user? Interleaved samples,
 * compared by rank tests, which make no assumption about how the times are distributed.
 */
export const timing: Program = {
  name: 'timing',
  measures: 'greatest difference of median answer times among unknown, wrong and disabled; and whether it shows',
  unit: 'ms',
  budget: [
    { of: '/verify: p of all alike', least: level },
    { of: '/token: p of all alike', least: level },
    { of: '/verify: p of the control', most: level },
    { of: '/token: p of the control', most: level },
  ],
  async run({ number: round, use, option }) {
    const server = await use(deployment);
    const count = warmUps + option('samples', 60);
    const numbers = Array.from({ length: count }, (_, index) => `r${round}n${index}`);
    const apiKey = await furnishClasses(server.now, numbers);
    // Every name is met cold, as by who goes through a list of them.
    await server.now.stop();
    server.now = await server.now.restart();
    const verify = await judge(verifyClasses(server.now.url, apiKey), numbers);
    const token = await judge(tokenClasses(server.now.url), numbers);
    return {
      figure: Math.max(verify.widest, token.widest),
      also: { ...named('/verify', verify), ...named('/token', token) },
    };
  },
};

function named(route: string, { widest, pOfAll, leastPofPairs, pOfControl, visible }: Verdict) {
  return {
    [`${route}: widest, ms`]: widest,
    [`${route}: p of all alike`]: pOfAll,
    [`${route}: least p of pairs, Bonferroni`]: leastPofPairs,
    [`${route}: p of the control`]: pOfControl,
    [`${route}: would have shown, ms`]: visible,
  };
}

type Verdict = Awaited<ReturnType<typeof judge>>;

async function judge({ alike, control }: TimedClasses, numbers: readonly string[]) {
  const classes = [...alike, control];
  const times = classes.map((): number[] => []);
  for (const [index, number] of numbers.entries()) {
    for (const place of shuffled(classes.length)) {
      const took = await classes[place]?.ask(number);
      if (index >= warmUps && took !== undefined) times[place]?.push(took);
    }
  }
  const told = times.slice(0, alike.length);
  const [reference = []] = told;
  const medians = told.map(median);
  const pairs = told.flatMap((first, index) => told.slice(index + 1).map((second) => mannWhitney(first, second).p));
  return {
    widest: Math.max(...medians) - Math.min(...medians),
    pOfAll: kruskalWallis(told).p,
    leastPofPairs: Math.min(1, Math.min(...pairs) * pairs.length),
    pOfControl: mannWhitney(times.at(-1) ?? [], reference).p,
    visible: visibleShift(reference, level / pairs.length),
  };
}

/** The least delay, in steps of 0.02 ms, that would have shown between these samples and themselves delayed. */
function visibleShift(values: readonly number[], atLevel: number): number {
  let shift = 0;
  const delayed = () => values.map((value) => value + shift);
  while (mannWhitney(values, delayed()).p >= atLevel) shift += 0.02;
  return shift;
}

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}
