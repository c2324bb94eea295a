import { expect, it } from 'vitest';
import { runLine } from './run-line.fixture.ts';

it.each(['start', 'audit', 'audit events', 'webhooks list', 'help'])(
  'help %s shows what its --help does',
  async (words) => {
    const help = await runLine(['help', ...words.split(' ')]);
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`Usage: evident ${words} [`) });
    expect(help).toEqual(await runLine([...words.split(' '), '--help']));
  },
);

it.each(['', 'audit', 'audit events'])('evident %s -h is short for --help', async (words) => {
  const line = words.split(' ').filter((word) => word !== '');
  expect(await runLine([...line, '-h'])).toEqual(await runLine([...line, '--help']));
});

it('help alone shows all commands, and of a group it is the help of the group', async () => {
  expect(await runLine(['help'])).toEqual(await runLine(['--help']));
  expect(await runLine(['audit', 'help', 'events'])).toEqual(await runLine(['audit', 'events', '--help']));
});

it.each([
  ['nope', "unknown command 'nope'"],
  ['audit nope', "unknown command 'nope'"],
  ['audit events nope', "unknown command 'nope'"],
])('help %s makes no sense, and says which word does not', async (words, problem) => {
  const { code, out, err } = await runLine(['help', ...words.split(' ')]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(problem);
});
