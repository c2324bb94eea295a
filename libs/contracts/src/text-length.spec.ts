import { expect, it } from 'vitest';
import { verifyCredentials } from './auth-command.ts';

it.each([
  ['a', 320, true],
  ['a', 321, false],
  ['\u{1F511}', 320, true],
  ['\u{1F511}', 321, false],
])('counts a text of %j, %i times, in code points', (character, count, isTaken) => {
  const request = { username: character.repeat(count), password: 'p', apiKey: 'k' };
  expect(verifyCredentials.request.safeParse(request).success).toBe(isTaken);
});
