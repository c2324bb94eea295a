import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';

endWhereNothingIsBegun();
await import('./run-gateway.ts');
