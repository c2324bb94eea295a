import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { StartupProblem, startOrExplain } from './startup-problem.ts';

async function failureOf(start: () => Promise<void>) {
  const seen = { text: '', codes: [] as number[] };
  await startOrExplain('gateway', start, {
    stderr: { write: (text) => (seen.text += text) },
    exit: (code) => seen.codes.push(code),
  });
  return seen;
}

it('says nothing when the start succeeds', async () => {
  expect(await failureOf(async () => {})).toEqual({ text: '', codes: [] });
});

it('explains a port in use in two lines', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { text, codes } = await failureOf(async () => {
    const second = createServer().listen(port, '127.0.0.1');
    const [error] = await once(second, 'error');
    throw error;
  });
  taken.close();
  expect(text).toBe(
    `evident gateway did not start: Port ${port} on 127.0.0.1 is in use by another process.\n` +
      'Stop that process, or set PORT to a free port, for example PORT=8100.\n',
  );
  expect(codes).toEqual([1]);
});

it('explains an address that this machine has not', async () => {
  const { text } = await failureOf(async () => {
    const server = createServer().listen(8000, '203.0.113.9');
    const [error] = await once(server, 'error');
    throw error;
  });
  expect(text).toBe(
    'evident gateway did not start: Port 8000 on 203.0.113.9 is on no address of this machine.\n' +
      'Set HOST to one of its addresses, or 0.0.0.0.\n',
  );
});

it('explains a host name that nobody knows', async () => {
  const { text } = await failureOf(async () => {
    const server = createServer().listen(0, 'nobody-knows.invalid');
    const [error] = await once(server, 'error');
    throw error;
  });
  expect(text).toBe(
    'evident gateway did not start: No address is known for nobody-knows.invalid.\n' +
      'Correct HOST, or the URL that names it, or see why the name is not found.\n',
  );
});

it.each([
  ['', 'is in the way', 'Move it away, or choose another place, for example with DATA_DIR.'],
  ['/data', 'would lie in a file', 'Name a directory, for example with DATA_DIR.'],
])('explains a directory that cannot be made because of a file: %j', async (below, reason, remedy) => {
  const path = `${import.meta.filename}${below}`;
  const { text } = await failureOf(async () => void mkdirSync(path, { recursive: true }));
  expect(text).toBe(`evident gateway did not start: ${path} ${reason}.\n${remedy}\n`);
});

it('gives a known problem with its remedy and without a stack', async () => {
  const { text } = await failureOf(async () => {
    throw new StartupProblem('MASTER_KEY does not open the keyring.', 'Set the key that the keyring was made with.');
  });
  expect(text).toBe(
    'evident gateway did not start: MASTER_KEY does not open the keyring.\nSet the key that the keyring was made with.\n',
  );
});

it('takes the remedy that an error of another room brings', async () => {
  const { text } = await failureOf(async () => {
    throw Object.assign(new Error('NATS refuses the credential.'), { code: 'refused', remedy: 'Correct NATS_URL.' });
  });
  expect(text).toBe('evident gateway did not start: NATS refuses the credential.\nCorrect NATS_URL.\n');
});

it('keeps the stack of a fault that nobody foresaw', async () => {
  const { text } = await failureOf(async () => {
    throw new TypeError('x is not a function');
  });
  expect(text).toContain('TypeError: x is not a function\n    at ');
});

it('ends a start whose supervisor is gone', async () => {
  const { codes } = await failureOf(async () => process.listeners('disconnect').at(-1)?.());
  expect(codes).toEqual([1]);
});

const lastHeard = (signal: NodeJS.Signals) => process.listeners(signal).at(-1);

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
it.each(signals)('ends a start that is told to stop by %s, as process 1 too', async (signal) => {
  const before = lastHeard(signal);
  // A process 1 without a listener never hears of the signal.
  const { text, codes } = await failureOf(async () => void lastHeard(signal)?.(signal));
  expect({ text, codes }).toEqual({ text: '', codes: [0] });
  expect(lastHeard(signal)).toBe(before);
});

it('leaves the end to what listens to signals by then', async () => {
  const drain = () => undefined;
  const { codes } = await failureOf(async () => {
    const whileStarting = lastHeard('SIGTERM');
    process.on('SIGTERM', drain);
    whileStarting?.('SIGTERM');
  });
  process.off('SIGTERM', drain);
  expect(codes).toEqual([]);
});
