import type { RequestContext } from '@evident/contracts';
import { describe, expect, it } from 'vitest';
import { echo, someContext } from '../contract/sample-contracts.ts';
import { receiveRequest, withDeadline } from './receive-request.ts';

const payload = { text: 'a' };

/** The context as it is handed on. */
function received(context: unknown): RequestContext {
  const request = receiveRequest(echo, { payload, context });
  if (!request.ok) throw new Error(JSON.stringify(request.error));
  return request.context;
}

it.each([
  ['envelope', undefined],
  ['envelope', 'text'],
  ['context', { payload }],
  ['payload', { context: someContext() }],
])('names the part that is not as it should be: the %s', (part, envelope) => {
  expect(receiveRequest(echo, envelope)).toMatchObject({
    error: { code: 'request.invalid', details: { part } },
  });
});

describe('a context with less time', () => {
  const inTime = () => Date.now() + 1_000;

  it('is the same but for its deadline, and nobody changes it, as nobody changes the one that it is of', () => {
    const context = received(someContext());
    const deadline = inTime();
    const sooner = received(withDeadline(context, deadline));
    expect(sooner).toEqual({ ...context, deadline });
    expect([context, sooner].map((each) => Object.isFrozen(each))).toEqual([true, true]);
  });

  it('is not looked at again where the whole one was found valid', () => {
    const sooner = withDeadline(received(someContext()), inTime());
    expect(received(sooner)).toBe(sooner);
  });

  it('is looked at as any other where nobody has looked at the whole one', () => {
    const tenant = 'Main Street';
    const sooner = withDeadline(someContext({ tenant }), inTime());
    expect(receiveRequest(echo, { payload, context: sooner })).toMatchObject({
      error: { details: { part: 'context' } },
    });
  });

  it.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY])('is refused where %d is to be its deadline', (deadline) => {
    const sooner = withDeadline(received(someContext()), deadline);
    expect(receiveRequest(echo, { payload, context: sooner })).toMatchObject({
      error: { details: { part: 'context' } },
    });
  });
});
