import {
  changeUser,
  type ErrorCodeName,
  errorCodes,
  getUser,
  isErrorCode,
  newerReplyError,
  type ReplyError,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asfErrors } from '../src/asf/error-table.ts';
import { asfRefusals } from '../src/asf/refusals.ts';
import { problems } from '../src/evident/problem.ts';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

function newerError(status: number, retry: 'no' | 'later'): ReplyError {
  return newerReplyError.parse({ code: 'user.frozen', kind: { status, retry, meaning: 'The user is frozen.' } });
}

describe('an error of a service', () => {
  it.each<[ErrorCodeName, number, string]>([
    ['caller.bad-credential', 401, 'Could not validate credentials'],
    ['caller.not-permitted', 403, 'Not enough permissions'],
    ['caller.foreign-audience', 403, 'Not enough permissions'],
    ['user.unknown', 404, 'User not found'],
    ['app.unknown', 404, 'App not found'],
    ['user.username-taken', 409, 'Username already registered'],
    ['user.email-taken', 409, 'Email already registered'],
    ['user.last-administrator', 409, 'The last active administrator cannot be disabled, demoted or removed'],
    ['fault.internal', 500, 'Internal Server Error'],
  ])('%s is answered %i %s', async (code, status, detail) => {
    gateway.services.fail(changeUser, code);
    const answer = await gateway.call('PUT', '/users/5', { json: {} });
    expect({ status: answer.status, json: answer.json }).toEqual({ status, json: { detail } });
  });

  it.each<[ErrorCodeName, string]>([
    ['user.username-invalid', 'username'],
    ['user.username-needs-change', 'username'],
    ['user.email-invalid', 'email'],
    ['user.password-unacceptable', 'password'],
    ['app.url-invalid', 'url'],
    ['app.name-invalid', 'name'],
  ])('%s is answered 422 at %s, with the reason of who decided', async (code, field) => {
    gateway.services.fail(changeUser, code, { details: { reason: 'is on the list of common passwords' } });
    const { status, json } = await gateway.call('PUT', '/users/5', { json: {} });
    expect({ status, json }).toEqual({
      status: 422,
      json: { detail: [{ loc: ['body', field], msg: 'is on the list of common passwords', type: 'value_error' }] },
    });
  });

  it('has the status that the table of codes gives it, or a reason to differ', () => {
    const differing = Object.entries(asfErrors)
      .filter(([code, { status }]) => isErrorCode(code) && errorCodes[code].status !== status)
      .map(([code]) => code);
    // At /token this reads as a wrong password.
    expect(differing).toEqual(['session.evidence-refused']);
  });

  it('says how long to wait wherever the same request may be sent again', () => {
    for (const [code, { retry, status }] of Object.entries(errorCodes)) {
      if (retry === 'no' || status === 409 || !isErrorCode(code)) continue;
      expect([code, asfRefusals.refuse({ code }).headers?.['retry-after']]).toEqual([code, '1']);
      expect([code, problems.refuse({ code }).headers?.['retry-after']]).toEqual([code, '1']);
    }
  });

  it('that only a newer service knows is answered as that one says', async () => {
    gateway.services.answer(getUser, () => ({ ok: false, error: newerError(409, 'later') }));
    const { status, json, headers } = await gateway.call('GET', '/users/5');
    expect({ status, json }).toEqual({ status: 409, json: { detail: 'The user is frozen.' } });
    expect(headers.get('retry-after')).toBe('1');
    const detail = [{ loc: ['body'], msg: 'The user is frozen.', type: 'value_error' }];
    expect(asfRefusals.refuse(newerError(422, 'no'))).toMatchObject({ status: 422, json: { detail } });
    expect(problems.refuse({ ...newerError(409, 'later'), retryAfterSeconds: 9 })).toMatchObject({
      status: 409,
      json: { code: 'user.frozen', detail: 'The user is frozen.' },
      headers: { 'retry-after': '9' },
    });
  });

  it('that nobody knows is a fault, never a crash', async () => {
    const unknown = { code: 'user.invented-tomorrow' } as unknown as ReplyError;
    gateway.services.answer(getUser, () => ({ ok: false, error: unknown }));
    const { status, json } = await gateway.call('GET', '/users/5');
    expect({ status, json }).toEqual({ status: 500, json: { detail: 'Internal Server Error' } });
    expect(gateway.logLines.filter((line) => line.includes('user.invented-tomorrow'))).toHaveLength(1);
  });
});

describe('a fault of ours', () => {
  it('is 500 without a stack, and in the log under the request id', async () => {
    gateway.services.answer(getUser, () => {
      throw new TypeError('broken inside');
    });
    const { status, text, headers } = await gateway.call('GET', '/users/5', { headers: { 'x-request-id': 'trace-7' } });
    expect({ status, text }).toEqual({ status: 500, text: '{"detail":"Internal Server Error"}' });
    expect(headers.get('x-request-id')).toBe('trace-7');
    const lines = gateway.logLines.map((text) => JSON.parse(text));
    const line = lines.find(({ level, text }) => level === 'error' && text === 'A request failed by a fault.');
    expect(line).toMatchObject({
      correlationId: 'trace-7',
      route: '/users/{user_id}',
      error: { text: 'broken inside' },
    });
  });
});
