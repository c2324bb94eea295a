import { createMetrics, HealthChecks, loadConfig, silentLogger } from '@evident/runtime';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { ScriptedServices } from './scripted-services.fixture.ts';

/** A gateway as it is without any setting, for its routes: it listens nowhere. */
export function gatewayByDefault(): Gateway {
  const loaded = loadConfig({ NATS_URL: 'nats://127.0.0.1:4222' }, { service: 'gateway' });
  if (!loaded.ok) throw new Error('the defaults are no configuration');
  const services = new ScriptedServices();
  return createGateway({
    config: loaded.config,
    client: services,
    broadcast: services,
    logger: silentLogger,
    metrics: createMetrics('gateway'),
    health: new HealthChecks(),
    now: Date.now,
  });
}
