import { given } from '@evident/testing';
import { describe, test } from 'vitest';
import { reject } from '../decider.ts';
import type { OperationCommand } from './commands.ts';
import { operationDecider } from './decide.ts';

const data = { projection: 'users', stream: 'user-main.x', eventId: '00000000-0000-4000-8000-000000000001' };
const retry: OperationCommand = { type: 'retry-parked-event', ...data };
const discard: OperationCommand = { type: 'discard-parked-event', ...data };

describe('a parked event', () => {
  test('is retried as often as somebody asks', () => {
    given(operationDecider, [])
      .when(retry)
      .then([{ type: 'projection.retry-requested', data }]);
    given(operationDecider, [])
      .when(retry, retry)
      .then([{ type: 'projection.retry-requested', data }]);
  });

  test('is discarded once and for ever', () => {
    given(operationDecider, [])
      .when(discard)
      .then([{ type: 'projection.event-discarded', data }]);
    given(operationDecider, []).when(discard, discard).then([]);
    const other: OperationCommand = { ...discard, eventId: '00000000-0000-4000-8000-000000000002' };
    given(operationDecider, []).when(discard, other, discard).then([]);
    given(operationDecider, []).when(discard, retry).then(reject('operation.already-discarded'));
  });
});
