import type { Endpoint } from '../http/endpoint.ts';
import { changePassword } from './change-password.ts';
import { login } from './login.ts';
import { logouts } from './logout.ts';
import { refreshes } from './refresh.ts';
import { register } from './register.ts';
import { verifyToken } from './verify-token.ts';

export const auth: readonly Endpoint[] = [login, register, ...refreshes, ...logouts, verifyToken, changePassword];
