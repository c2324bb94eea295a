import { describe, expect, it } from 'vitest';
import { limitsOf, memoryOf, readPolicy } from './read-policy.ts';

const problemsIn = (text: string) => {
  const read = readPolicy(text);
  return read.ok ? [] : read.problems;
};

describe('a policy file', () => {
  it('changes nothing where it is empty, and leaves a limit that it does not name as it is', () => {
    expect(readPolicy('{}')).toEqual({ ok: true, policy: {} });
    expect(limitsOf({})).toBeUndefined();
    expect(limitsOf({ limits: { perCaller: 5 } })).toMatchObject({ perCaller: 5, perAccount: 100, windowMs: 900_000 });
  });

  it('may give limits, also waits that never grow', () => {
    const limits = { perCaller: 5, firstWaitSeconds: 30, longestWaitSeconds: 30 };
    expect(readPolicy(JSON.stringify({ limits }))).toEqual({ ok: true, policy: { limits } });
  });

  it('needs the attempts of so long before a period as its limits remember', () => {
    expect(memoryOf({})).toBe(0);
    expect(memoryOf({ limits: {} })).toBe(86_400_000 + 900_000 + 900_000);
    expect(memoryOf({ limits: { exemptSeconds: 0, windowSeconds: 60, longestWaitSeconds: 30 } })).toBe(90_000);
  });

  it.each([
    ['{', 'It is no JSON'],
    ['[]', 'expected object'],
    ['{"lockout": {}}', 'lockout'],
    ['{"limits": {"perCaler": 5}}', 'limits: Unrecognized key: "perCaler"'],
    ['{"limits": {"perCaller": 0}}', 'limits.perCaller: '],
    ['{"limits": {"firstWaitSeconds": 60, "longestWaitSeconds": 30}}', 'longestWaitSeconds is shorter'],
    ['{"networks": {"allow": ["10.0.0.1"]}}', 'networks.allow.0: Write a network like 10.0.0.0/8'],
    ['{"networks": {"allow": []}}', 'networks.allow: Name one network at least.'],
    ['{"networks": {"apps": {"3": ["10.0.0.0/8"]}}}', 'networks.apps.3: '],
    ['{"assignments": {"add": [{"user": "jdoe", "app": "app:1"}]}}', 'assignments.add.0.user: Write user:<uuid>'],
  ])('%s is refused, and it is said why', (text, problem) => {
    expect(problemsIn(text).join('\n')).toContain(problem);
  });

  it('that adds and removes one assignment is refused', () => {
    const both = [
      { user: 'user:00000000-0000-4000-8000-000000000001', app: 'app:00000000-0000-4000-8000-000000000002' },
    ];
    expect(problemsIn(JSON.stringify({ assignments: { add: both, remove: both } }))[0]).toContain(
      'both added and removed',
    );
  });
});
