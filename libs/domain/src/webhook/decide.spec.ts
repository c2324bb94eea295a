import { given } from '@evident/testing';
import { describe, test } from 'vitest';
import { reject } from '../decider.ts';
import type { CreateWebhook } from './commands.ts';
import { webhookDecider } from './decide.ts';

const details = { url: 'https://hooks.example.com/', types: ['user.*'], secret: 'whsec_x', after: 'now' };
const create: CreateWebhook = { type: 'create-webhook', ...details };

describe('a webhook', () => {
  test('is created once, with its secret and where delivery begins', () => {
    given(webhookDecider, [])
      .when(create)
      .then([{ type: 'webhook.created', data: details }]);
    given(webhookDecider, []).when(create, create).then(reject('webhook.already-created'));
  });

  test('is changed in part, and not where it is so already', () => {
    const changed = { type: 'webhook.changed', data: { url: details.url, types: ['*'] } } as const;
    given(webhookDecider, [])
      .when(create, { type: 'change-webhook', types: ['*'] })
      .then([changed]);
    given(webhookDecider, [])
      .when(create, { type: 'change-webhook', url: 'https://elsewhere.example.com/' })
      .then([{ type: 'webhook.changed', data: { url: 'https://elsewhere.example.com/', types: ['user.*'] } }]);
    given(webhookDecider, [])
      .when(create, { type: 'change-webhook', types: ['user.*'] })
      .then([]);
  });

  test('is paused and resumed once each', () => {
    const pause = { type: 'pause-webhook' } as const;
    const resume = { type: 'resume-webhook' } as const;
    given(webhookDecider, [])
      .when(create, pause)
      .then([{ type: 'webhook.paused', data: {} }]);
    given(webhookDecider, []).when(create, pause, pause).then([]);
    given(webhookDecider, []).when(create, resume).then([]);
    given(webhookDecider, [])
      .when(create, pause, resume)
      .then([{ type: 'webhook.resumed', data: {} }]);
  });

  test('stays what it is and where it is, whatever else happens to it', () => {
    const [pause, resume, change] = [
      { type: 'pause-webhook' },
      { type: 'resume-webhook' },
      { type: 'change-webhook' },
    ] as const;
    const wish = { replayId: '00000000-0000-4000-8000-000000000001', after: 'start' };
    const replay = { type: 'replay-webhook', ...wish } as const;
    given(webhookDecider, [])
      .when(create, pause, { ...change, types: ['*'] }, replay, pause)
      .then([]);
    given(webhookDecider, [])
      .when(create, replay, pause, resume, { ...change, types: ['*'] })
      .then([{ type: 'webhook.changed', data: { url: details.url, types: ['*'] } }]);
    given(webhookDecider, [])
      .when(create, replay, { ...change, types: ['*'] }, replay)
      .then([]);
  });

  test('is replayed once for each wish', () => {
    const wish = { replayId: '00000000-0000-4000-8000-000000000001', after: 'start' };
    const replay = { type: 'replay-webhook', ...wish } as const;
    const again = { ...replay, replayId: '00000000-0000-4000-8000-000000000002' };
    given(webhookDecider, [])
      .when(create, replay)
      .then([{ type: 'webhook.replay-requested', data: wish }]);
    given(webhookDecider, []).when(create, replay, replay).then([]);
    const { replayId, after } = again;
    const replayed = { type: 'webhook.replay-requested', data: { replayId, after } } as const;
    given(webhookDecider, []).when(create, replay, again).then([replayed]);
  });

  test('is unknown before it is created and after it is removed', () => {
    const remove = { type: 'remove-webhook' } as const;
    given(webhookDecider, []).when(remove).then(reject('webhook.unknown'));
    given(webhookDecider, [])
      .when(create, remove)
      .then([{ type: 'webhook.removed', data: {} }]);
    given(webhookDecider, []).when(create, remove, remove).then(reject('webhook.unknown'));
  });
});
