import { startOrExplain } from '@evident/runtime';
import { startAlone } from './start-alone.ts';

await startOrExplain('gateway', startAlone);
