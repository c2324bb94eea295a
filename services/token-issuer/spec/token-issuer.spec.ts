import { openTemporaryLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTokenIssuer } from '../src/index.ts';

let temporary: TemporaryLog;
beforeEach(async () => {
  temporary = await openTemporaryLog();
});
afterEach(() => temporary.remove());

/** What a start with this algorithm warns of. */
async function warningsOf(algorithm: 'ES256' | 'RS256'): Promise<string[]> {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, text: string) => void warnings.push(text) };
  const { config } = temporary;
  await createTokenIssuer({ ...temporary, logger, config: { ...config, tokens: { ...config.tokens, algorithm } } });
  return warnings;
}

it('says that another algorithm does not change the key that this log signs with', async () => {
  expect(await warningsOf('ES256')).toEqual([]);
  expect(await warningsOf('RS256')).toEqual([
    'It is RS256, and this log signs with a key for ES256: it counts when the key is replaced.',
  ]);
});
