import 'reflect-metadata';
import { AuthCommandModule, createAuthCommand, ensureAdministrator } from '@evident/auth-command';
import { createIdentityProjection, IdentityProjectionModule } from '@evident/identity-projection';
import { createMetrics, HealthChecks } from '@evident/runtime';
import { openTemporaryLog, silentLogger } from '@evident/testing';
import { createTokenIssuer, TokenIssuerModule } from '@evident/token-issuer';
import { InProcessStrategy, InProcessTransport } from '@evident/transport/in-process';
import { NestFactory } from '@nestjs/core';
import { Attacker } from './attacker.ts';
import { openedLog } from './opened-log.ts';

/** The three services behind the gateway in this process, on the transport that standalone has, and no gateway. */
export async function attackInProcess(env: Readonly<Record<string, string>>) {
  const administrator = { username: 'admin', password: 'correct horse battery staple' };
  const temporary = await openTemporaryLog({ env: { ADMIN_PASSWORD: administrator.password, ...env } });
  const { log, config, masterKey, now } = temporary;
  const transport = new InProcessTransport();
  const shared = { config, log, client: transport, broadcast: transport, logger: silentLogger, now, masterKey };
  const deps = { ...shared, metrics: createMetrics('standalone'), health: new HealthChecks() };
  const issuer = await createTokenIssuer(deps);
  const projection = await createIdentityProjection(deps);
  const authCommand = await createAuthCommand(deps);
  const strategy = new InProcessStrategy(transport);
  const imports = [
    TokenIssuerModule.register(issuer),
    IdentityProjectionModule.register(projection),
    AuthCommandModule.register(authCommand),
  ];
  class Services {}
  const services = await NestFactory.createMicroservice({ module: Services, imports }, { strategy, logger: false });
  await services.listen();
  projection.start();
  authCommand.start();
  await ensureAdministrator(authCommand, config, () => undefined);
  return {
    attacker: new Attacker(transport, openedLog(log, config), administrator),
    async close() {
      await strategy.close();
      await authCommand.close();
      await projection.close();
      await temporary.remove();
    },
  };
}
