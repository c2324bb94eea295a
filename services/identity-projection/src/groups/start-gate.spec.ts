import { expect, it } from 'vitest';
import { StartGate } from './start-gate.ts';

it('lets through at once where it is open, without a timer, and holds where it is shut', async () => {
  const gate = new StartGate();
  const held = gate.passed(60_000);
  expect(held).toBeInstanceOf(Promise);
  gate.open();
  await held;
  expect(gate.passed(60_000)).toBeUndefined();
  gate.shut();
  expect(gate.passed(1)).toBeInstanceOf(Promise);
});

it('holds nobody for longer than they wait', async () => {
  await new StartGate().passed(1);
});
