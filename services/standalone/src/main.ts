import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';
import { keepCompiledCode } from './compiled-code.ts';
import { giveBackMemoryOfLoading } from './memory-of-loading.ts';
import { keepYoungMemorySmall } from './young-memory.ts';

endWhereNothingIsBegun();
keepCompiledCode();
const started = keepYoungMemorySmall();
// Loaded only now, so that it is taken from what an earlier start has compiled.
const { runStandalone } = await import('./run-standalone.ts');
await runStandalone();
started();
giveBackMemoryOfLoading();
