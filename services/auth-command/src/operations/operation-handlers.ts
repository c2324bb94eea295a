import type * as contracts from '@evident/contracts';
import type { MessageContract, Reply, RequestContext, RequestOf, ValueOf } from '@evident/contracts';
import type { WebhookTargetRules } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { createOperationCommands } from './projections.ts';
import { createWebhookCommands } from './webhooks.ts';

type Handler<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  context: RequestContext,
) => Promise<Reply<ValueOf<Contract>>>;

/** What operators decide: about projections and webhooks. */
export interface OperationHandlers {
  readonly requestRebuild: Handler<typeof contracts.requestRebuild>;
  readonly retryParkedEvent: Handler<typeof contracts.retryParkedEvent>;
  readonly discardParkedEvent: Handler<typeof contracts.discardParkedEvent>;
  readonly createWebhook: Handler<typeof contracts.createWebhook>;
  readonly changeWebhook: Handler<typeof contracts.changeWebhook>;
  readonly pauseWebhook: Handler<typeof contracts.pauseWebhook>;
  readonly resumeWebhook: Handler<typeof contracts.resumeWebhook>;
  readonly replayWebhook: Handler<typeof contracts.replayWebhook>;
  readonly removeWebhook: Handler<typeof contracts.removeWebhook>;
}

/** Puts the gate before a use case. */
export type Guard = <Request extends object, Value>(
  permission: { readonly name: string; readonly scope: string; readonly target: (request: Request) => string[] },
  useCase: (request: Request, command: Command) => Promise<Reply<Value>>,
) => (request: Request, context: RequestContext) => Promise<Reply<Value>>;

const scope = 'manage:evident/ops';

export function createOperationHandlers(
  env: CommandEnvironment,
  guarded: Guard,
  rules: WebhookTargetRules,
): OperationHandlers {
  const projections = createOperationCommands(env);
  const webhooks = createWebhookCommands(env, rules);
  const byId = ({ id }: { readonly id: string }) => [id];
  const byProjection = ({ projection }: { readonly projection: string }) => [projection];
  const byEvent = (request: { readonly projection: string; readonly eventId: string }) => [
    request.projection,
    request.eventId,
  ];
  const named = <Request>(name: string, target: (request: Request) => string[]) => ({ name, scope, target });
  return {
    requestRebuild: guarded(named('request-rebuild', byProjection), projections.requestRebuild),
    retryParkedEvent: guarded(named('retry-parked-event', byEvent), projections.retryParkedEvent),
    discardParkedEvent: guarded(named('discard-parked-event', byEvent), projections.discardParkedEvent),
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
