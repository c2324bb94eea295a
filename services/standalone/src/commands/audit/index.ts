import type { DefineCommand } from '../../cli/command.ts';
import { defineQuestions } from './questions.ts';
import { defineReplay } from './replay.ts';
import { defineSeals } from './seals.ts';
import { defineUndo } from './undo.ts';

const more = `
Asks a server with --url and the token in EVIDENT_TOKEN; without --url the stores themselves, beside a server or
without one, and then shows everything that their keys open. A moment is a time (2026-01-25T12:00:00Z) or a position.
People and apps go by their ids: GET /api/sso/v1/users?identifier=jdoe has that of a person, GET /apps/ those of apps.

Examples:
  $ evident audit access --app 3 --at 2026-01-03T09:00:00Z      who could use the app on the 3rd, and who allowed it
  $ evident audit history user:0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f
  $ evident audit sign-ins --outcome failed --from 2026-01-25T00:00:00Z
  $ evident audit events --correlation 5f2c… --json --url https://sso.example.com
`;

/** The commands of an auditor. Docs: docs/audit.md. */
export const defineAudit: DefineCommand = (program, context) => {
  const group = program
    .command('audit')
    .summary('what happened, what was true then, and who could do what')
    .description('What happened, what was true at a moment, who could do what, and that nothing was altered.')
    .addHelpText('after', more);
  defineQuestions(group, context);
  defineReplay(group, context);
  defineSeals(group, context);
  defineUndo(group, context);
};
