import { randomBytes } from 'node:crypto';
import { permit } from '@evident/caller';
import {
  type changeWebhook,
  type createWebhook,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type replayWebhook,
  succeed,
  type WebhookObject,
} from '@evident/contracts';
import {
  checkEventPatterns,
  checkWebhookUrl,
  streams,
  type WebhookCommand,
  type WebhookState,
  type WebhookTargetRules,
  webhookDecider,
} from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { typePatterns } from '@evident/evidence';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';

type Created = WebhookObject & { readonly secret: string };

/** Webhooks as operators decide them. The secret is stored sealed; a repeat of the command shows the stored one. */
export function createWebhookCommands(env: CommandEnvironment, rules: WebhookTargetRules) {
  const { log } = env;

  const decide = async (id: string, decision: WebhookCommand, command: Command) => {
    const stream = streams.webhook(log.tenant, id);
    return decideOnStream(env, { decider: webhookDecider, stream, step: decision.type, decision }, command);
  };
  const change = async (id: string, decision: WebhookCommand, command: Command): Promise<Reply<WebhookObject>> => {
    const decided = await decide(id, decision, command);
    return decided.ok ? succeed(webhookOf(id, decided.accepted.state), decided.accepted.position) : decided;
  };
  /** A place ahead of the log is none: all that comes before it would be passed over. */
  const refusePlace = async (after: string) => {
    if (after === 'start' || after === 'now') return undefined;
    const position = log.store.parsePosition(after);
    if (position === undefined) return noPlace('Delivery begins at `new`, at `start` or after a position.');
    const last = await log.store.lastPosition();
    const beyond = log.store.compare(position, last ?? position);
    if (typeof beyond !== 'number') return fail('log.changed');
    return beyond > 0 ? noPlace('The log has not come to that position yet.') : undefined;
  };
  const refuseTarget = ({
    url,
    types,
  }: {
    readonly url?: string | undefined;
    readonly types?: readonly string[] | undefined;
  }) => {
    const checked = url === undefined ? undefined : checkWebhookUrl(url, rules);
    if (checked?.ok === false) return fail('webhook.url-refused', { details: { reason: `url ${checked.reason}` } });
    return types === undefined ? undefined : refuseTypes(types);
  };

  return {
    async createWebhook(request: RequestOf<typeof createWebhook>, command: Command): Promise<Reply<Created>> {
      const refused = mayReadEvents(command) ?? refuseTarget(request) ?? (await refusePlace(request.after));
      if (refused !== undefined) return refused;
      const id = uuid5(`webhook/${command.id}`);
      const secret = `whsec_${randomBytes(32).toString('base64url')}`;
      const decided = await decide(id, { type: 'create-webhook', ...request, secret }, command);
      if (!decided.ok) return decided;
      const { state, position } = decided.accepted;
      return succeed({ ...webhookOf(id, state), secret: state.secret }, position);
    },
    async changeWebhook({ id, url, types }: RequestOf<typeof changeWebhook>, command: Command) {
      const refused = mayReadEvents(command) ?? refuseTarget({ url, types });
      if (refused !== undefined) return refused;
      const changed = { ...(url === undefined ? {} : { url }), ...(types === undefined ? {} : { types }) };
      return change(id, { type: 'change-webhook', ...changed }, command);
    },
    pauseWebhook: ({ id }: { readonly id: string }, command: Command) => change(id, { type: 'pause-webhook' }, command),
    resumeWebhook: ({ id }: { readonly id: string }, command: Command) =>
      change(id, { type: 'resume-webhook' }, command),
    async replayWebhook({ id, after }: RequestOf<typeof replayWebhook>, command: Command) {
      const refused = await refusePlace(after);
      if (refused !== undefined) return refused;
      const replayId = uuid5(`replay/${command.id}`);
      return change(id, { type: 'replay-webhook', replayId, after }, command);
    },
    async removeWebhook({ id }: { readonly id: string }, command: Command): Promise<Reply<Record<string, never>>> {
      const decided = await decide(id, { type: 'remove-webhook' }, command);
      return decided.ok ? succeed({}, decided.accepted.position) : decided;
    },
  };
}

/** Whoever has events sent somewhere reads them: running the service is not enough. */
function mayReadEvents({ caller }: Command): { ok: false; error: ReplyError } | undefined {
  const missing = caller === undefined ? undefined : permit(caller, 'read:evident/events');
  return missing === undefined ? undefined : { ok: false, error: missing };
}

function noPlace(reason: string) {
  return fail('log.unknown-position', { details: { reason } });
}

/** A misspelt type would wait for ever for what never happens. */
function refuseTypes(types: readonly string[]) {
  const wanted = typePatterns(types.join());
  if ('unknown' in wanted) {
    const reason = `types: no event type matches ${JSON.stringify(wanted.unknown)}`;
    return fail('webhook.types-invalid', { details: { reason } });
  }
  return checkEventPatterns(types) ? undefined : fail('webhook.types-invalid');
}

function webhookOf(id: string, { url, types, paused }: WebhookState): WebhookObject {
  return { id, url, types: [...types], paused };
}
