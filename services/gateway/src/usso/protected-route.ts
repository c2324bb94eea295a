import { ussoRefusals } from './refusals.ts';

/** What every route for which a credential is needed has in common. */
export const protectedRoute = { access: 'bearer', refusals: ussoRefusals } as const;
