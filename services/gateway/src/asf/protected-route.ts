import { asfRefusals } from './refusals.ts';

/** What every route of administrators has in common. */
export const protectedRoute = { access: 'bearer', refusals: asfRefusals } as const;
