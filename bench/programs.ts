import type { Program } from './program.ts';
import { apiKeyCheck } from './programs/api-key-check.ts';
import { tokenCheck } from './programs/token-check.ts';
import { verifyDistinct } from './programs/verify-distinct.ts';
import { verifyRepeated } from './programs/verify-repeated.ts';

/** In the order in which they are listed. */
export const programs: readonly Program[] = [verifyDistinct, verifyRepeated, tokenCheck, apiKeyCheck];
