import { expect, it } from 'vitest';
import { loadCommonPasswords } from './common-passwords.ts';

it('knows common passwords of eight characters and more, save the one of the published example', async () => {
  const isCommon = await loadCommonPasswords();
  for (const password of ['password', '12345678', 'iloveyou', 'qwertyuiop', 'password1']) {
    expect(isCommon(password), password).toBe(true);
  }
  expect(isCommon('password123')).toBe(false);
  expect(isCommon('correct horse battery')).toBe(false);
});
