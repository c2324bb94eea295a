export interface CreateWebhook {
  readonly type: 'create-webhook';
  readonly url: string;
  readonly types: readonly string[];
  readonly secret: string;
  /** See `webhook.created`. */
  readonly after: string;
}

export interface ChangeWebhook {
  readonly type: 'change-webhook';
  readonly url?: string;
  readonly types?: readonly string[];
}

/** Delivery begins again after this place, whatever was delivered before. */
export interface ReplayWebhook {
  readonly type: 'replay-webhook';
  readonly replayId: string;
  readonly after: string;
}

export type WebhookCommand =
  | CreateWebhook
  | ChangeWebhook
  | ReplayWebhook
  | { readonly type: 'pause-webhook' | 'resume-webhook' | 'remove-webhook' };
