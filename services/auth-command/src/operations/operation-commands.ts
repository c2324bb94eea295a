import type * as contracts from '@evident/contracts';
import { succeed } from '@evident/contracts';
import type { WebhookTargetRules } from '@evident/domain';
import { answering, type CommandHandler } from '../answering.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import type { Guard } from '../permitted.ts';
import { createProjectionCommands } from './projections.ts';
import { createWebhookCommands } from './webhooks.ts';

/** What operators decide, about projections and webhooks, and what their balancers ask. */
export interface OperationCommands {
  readonly getReadiness: CommandHandler<typeof contracts.getReadiness>;
  readonly requestRebuild: CommandHandler<typeof contracts.requestRebuild>;
  readonly retryParkedEvent: CommandHandler<typeof contracts.retryParkedEvent>;
  readonly discardParkedEvent: CommandHandler<typeof contracts.discardParkedEvent>;
  readonly createWebhook: CommandHandler<typeof contracts.createWebhook>;
  readonly changeWebhook: CommandHandler<typeof contracts.changeWebhook>;
  readonly pauseWebhook: CommandHandler<typeof contracts.pauseWebhook>;
  readonly resumeWebhook: CommandHandler<typeof contracts.resumeWebhook>;
  readonly replayWebhook: CommandHandler<typeof contracts.replayWebhook>;
  readonly removeWebhook: CommandHandler<typeof contracts.removeWebhook>;
}

const scope = 'manage:evident/ops';

interface ParkedEventNamed {
  readonly projection: string;
  readonly eventId: string;
}

export function createOperationCommands(
  env: CommandEnvironment,
  guarded: Guard,
  rules: WebhookTargetRules,
): OperationCommands {
  const projections = createProjectionCommands(env);
  const webhooks = createWebhookCommands(env, rules);
  const byId = ({ id }: { readonly id: string }) => [id];
  const byProjection = ({ projection }: { readonly projection: string }) => [projection];
  const byEvent = {
    target: ({ projection, eventId }: ParkedEventNamed) => [projection, eventId],
    said: ({ projection, eventId }: ParkedEventNamed) => ({ projection, eventId }),
  };
  const named = <Request>(name: string, target: (request: Request) => string[]) => ({ name, scope, target });
  return {
    getReadiness: answering(env.log, async () => {
      const readiness = env.log.readiness();
      return succeed({ down: readiness !== 'ok' && 'down' in readiness ? readiness.down : null });
    }),
    requestRebuild: guarded(named('request-rebuild', byProjection), projections.requestRebuild),
    retryParkedEvent: guarded({ name: 'retry-parked-event', scope, ...byEvent }, projections.retryParkedEvent),
    discardParkedEvent: guarded({ name: 'discard-parked-event', scope, ...byEvent }, projections.discardParkedEvent),
    createWebhook: guarded(
      named('create-webhook', () => []),
      webhooks.createWebhook,
    ),
    changeWebhook: guarded(named('change-webhook', byId), webhooks.changeWebhook),
    pauseWebhook: guarded(named('pause-webhook', byId), webhooks.pauseWebhook),
    resumeWebhook: guarded(named('resume-webhook', byId), webhooks.resumeWebhook),
    replayWebhook: guarded(named('replay-webhook', byId), webhooks.replayWebhook),
    removeWebhook: guarded(named('remove-webhook', byId), webhooks.removeWebhook),
  };
}
