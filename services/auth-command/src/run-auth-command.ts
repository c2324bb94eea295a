import { runService } from '@evident/service';
import type { NewAdministrator } from './administrators/administrators.ts';
import { ensureAdministrator } from './administrators/ensure-administrator.ts';
import { requireUsableAdministrator } from './administrators/usable-administrator.ts';
import { AuthCommandModule } from './auth-command.module.ts';
import { createAuthCommand } from './create-auth-command.ts';

await runService(
  'auth-command',
  async (deps, masterKey) => {
    const service = await createAuthCommand({ ...deps, masterKey: masterKey() });
    return {
      module: AuthCommandModule.register(service),
      async start() {
        await ensureAdministrator(service, deps.config, show);
        service.start();
      },
      close: () => service.close(),
    };
  },
  requireUsableAdministrator,
);

/** To the terminal and past the log: a log is kept and passed on. */
function show({ username, password }: NewAdministrator): void {
  if (password === undefined) return;
  process.stderr.write(
    `\nFirst administrator: ${username}\nPassword:            ${password}\n` +
      'It is shown this once. To set another: npx evident admin reset-password\n\n',
  );
}
