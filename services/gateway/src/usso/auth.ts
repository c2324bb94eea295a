import type { Endpoint } from '../http/endpoint.ts';
import { login } from './login.ts';
import { logouts } from './logout.ts';
import { refreshes } from './refresh.ts';
import { verifyToken } from './verify-token.ts';

export const auth: readonly Endpoint[] = [login, ...refreshes, ...logouts, verifyToken];
