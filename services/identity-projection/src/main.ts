import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';

endWhereNothingIsBegun();
await import('./run-identity-projection.ts');
