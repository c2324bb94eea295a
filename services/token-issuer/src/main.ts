import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';

endWhereNothingIsBegun();
await import('./run-token-issuer.ts');
