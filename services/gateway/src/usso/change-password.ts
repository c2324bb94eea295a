import { changeOwnPassword } from '@evident/contracts';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { text } from '../http/texts.ts';
import { written } from './answers.ts';
import { basePath } from './base-path.ts';
import { newPassword } from './person-input.ts';
import { protectedRoute } from './protected-route.ts';
import { errorShape } from './refusals.ts';
import { refusedIn } from './refused-member.ts';
import { clearedCookies } from './session-cookies.ts';

/** A new password of one's own. */
export const changePassword = endpoint(
  {
    ...protectedRoute,
    name: 'ssoChangePassword',
    rule: 'self',
    method: 'POST',
    path: `${basePath}/auth/password`,
    tag: 'SSO: oneself',
    summary: 'Change one’s own password',
    description: 'Ends every session of the user, this one too.',
    body: z.object({
      old_password: text(1, 1_024).meta({ examples: ['Correct-Horse-7'] }),
      new_password: newPassword,
    }),
    bodyExample: { old_password: 'Correct-Horse-7', new_password: 'Battery-Staple-8' },
    answers: {
      200: {
        means: 'Changed.',
        shape: z.object({ message: z.string() }),
        headers: { 'Set-Cookie': 'The cookies of the session, emptied.' },
      },
      400: { means: 'The old password is wrong.', shape: errorShape },
    },
  },
  async ({ body: { old_password: oldPassword, new_password: newPassword } }, call) => {
    const reply = await call.command(changeOwnPassword, { oldPassword, newPassword });
    const answer = written(refusedIn(reply, 'user.password-unacceptable', 'new_password'), 200, () => ({
      message: 'Password changed; all sessions have ended',
    }));
    return reply.ok ? { ...answer, cookies: clearedCookies(call.client.cookiesAreSecure) } : answer;
  },
);
