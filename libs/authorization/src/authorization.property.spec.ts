import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Attributes,
  delegable,
  evaluate,
  filterKeys,
  isReached,
  isWider,
  meet,
  narrow,
  parseScope,
  reachOfList,
  type Scope,
} from './index.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 500);

// Few words, so that scopes meet often, and enough patterns, so that they meet in odd ways.
const word = fc.constantFrom(
  'a',
  'b',
  'ab',
  'ba',
  'user',
  '*',
  '?',
  'a*',
  '*a',
  '*b*',
  '[ab]',
  '[!a]',
  '[a-z]*',
  '',
  ']',
  '[',
);
const path = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const verb = fc.constantFrom(
  '',
  'none',
  'read',
  'create',
  'update',
  'write',
  'delete',
  'manage',
  'admin',
  'owner',
  '*',
  'odd',
);
const value = fc.constantFrom('1', '2', '12', '*', '1*', '?');
const filter = fc.tuple(fc.constantFrom(...filterKeys, 'colour'), value).map(([key, text]) => `${key}=${text}`);
const query = fc.oneof(
  fc.constant(''),
  fc.array(filter, { minLength: 1, maxLength: 2 }).map((all) => `?${all.join('&')}`),
);
const scope = fc.tuple(verb, path, query).map(([action, where, which]) => `${action}:${where}${which}`);
/** Two scopes that differ little, so that one often covers the other: leading segments taken off, verb or filter put in. */
const family = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), verb, verb, query, query, fc.nat(2), fc.boolean())
  .map(([words, action, other, first, second, cut, same]): [child: string, parent: string] => [
    `${same ? action : other}:${words.slice(Math.min(cut, words.length - 1)).join('/')}${first}`,
    `${action}:${words.map((text, at) => (at === cut ? '*' : text)).join('/')}${same ? '' : second}`,
  ]);
const attribute = fc.constantFrom('1', '2', '12', '1*', '[1]');
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.constantFrom(...filterKeys), attribute);
const needed = fc.record({
  action: fc.oneof(verb, fc.constant('superadmin')),
  resource: fc
    .array(fc.constantFrom('a', 'b', 'ab', 'ba', 'user', '*'), { minLength: 1, maxLength: 4 })
    .map((p) => p.join('/')),
  attributes,
});

function neverWider(wider: typeof isWider) {
  const requests = fc.array(needed, { minLength: 5, maxLength: 20 });
  return fc.property(family, requests, ([child, parent], all) => {
    if (wider(child, parent)) return;
    for (const request of all) {
      if (!evaluate({ held: [child], needed: request }).allowed) continue;
      expect(evaluate({ held: [parent], needed: request }), `${child} under ${parent}`).toEqual({ allowed: true });
    }
  });
}

function withTail(text: string, { action, path: segments }: Scope, length: number): string {
  const question = text.indexOf('?');
  const tail = segments.slice(-length).map((segment) => segment.text);
  return `${action}:${tail.join('/')}${question < 0 ? '' : text.slice(question)}`;
}

describe('scopes', () => {
  test('any text is read or refused, never thrown at, and evaluates', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), scope);
    fc.assert(
      fc.property(anyText, anyText, anyText, (held, resource, action) => {
        const parsed = parseScope(held);
        const { allowed } = evaluate({ held: [held], needed: { action, resource } });
        if (!parsed.ok) expect(allowed).toBe(false);
        expect(isWider(held, resource)).toBeTypeOf('boolean');
      }),
      { numRuns: runs },
    );
  });

  test('a child is never wider than its parent', () => {
    fc.assert(neverWider(isWider), { numRuns: runs * 8 });
  });

  test('that property finds what the rule of the published SDK lets through', () => {
    // It compares the overlapping tail only: `read:users` passes for a child of `read:sso/users`.
    const tailOnly = (child: string, parent: string) => {
      const [narrow, wide] = [parseScope(child), parseScope(parent)];
      if (!narrow.ok || !wide.ok) return true;
      const overlap = Math.min(narrow.scope.path.length, wide.scope.path.length);
      return isWider(withTail(child, narrow.scope, overlap), withTail(parent, wide.scope, overlap));
    };
    expect(fc.check(neverWider(tailOnly), { numRuns: 20_000 }).failed).toBe(true);
  });

  test('covering is reflexive and transitive', () => {
    fc.assert(
      fc.property(scope, scope, scope, (a, b, c) => {
        if (parseScope(a).ok) expect(isWider(a, a)).toBe(false);
        if (!isWider(a, b) && !isWider(b, c)) expect(isWider(a, c)).toBe(false);
      }),
      { numRuns: runs * 5 },
    );
  });

  test('taking a scope away never grants, and never lets more be handed on', () => {
    fc.assert(
      fc.property(
        fc.array(scope, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        needed,
        scope,
        (held, at, request, wanted) => {
          const fewer = held.toSpliced(at % held.length, 1);
          const without = evaluate({ held: fewer, needed: request }).allowed;
          if (without) expect(evaluate({ held, needed: request }).allowed).toBe(true);
          if (delegable({ held: fewer, wanted: [wanted] }).allowed) {
            expect(delegable({ held, wanted: [wanted] }).allowed).toBe(true);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  test('a list shows exactly the objects that would be allowed one by one', () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), needed, (held, { action, resource, attributes: object }) => {
        const list = reachOfList({ held, needed: { action, resource } });
        const { allowed } = evaluate({ held, needed: { action, resource, attributes: object } });
        expect(isReached(list, object)).toBe(allowed);
      }),
      { numRuns: runs },
    );
  });

  test('a narrowed scope reaches what the whole one does where the value is the same, and nothing else', () => {
    fc.assert(
      fc.property(
        scope,
        fc.constantFrom(...filterKeys),
        fc.constantFrom('1', '2', '12', '1*', '[1]'),
        needed,
        (text, key, only, request) => {
          const narrowed = narrow(text, key, only);
          const held = narrowed === undefined ? [] : [narrowed];
          const { allowed } = evaluate({ held, needed: request });
          const isMeant = request.attributes[key] === only;
          expect(allowed).toBe(isMeant && evaluate({ held: [text], needed: request }).allowed);
        },
      ),
      { numRuns: runs * 2 },
    );
  });

  test('a hostile pattern costs no more than the product of the lengths', () => {
    const held = [`read:${'*a'.repeat(200)}`];
    expect(evaluate({ held, needed: { action: 'read', resource: `${'a'.repeat(4_000)}b` } }).allowed).toBe(false);
  });
});

test('what two lists have in common reaches no further than either, on any request', () => {
  const some = fc.array(family, { maxLength: 2 }).map((families) => families.flat());
  fc.assert(
    fc.property(some, some, (one, other) => {
      for (const scope of meet(one, other)) {
        expect(one.some((wide) => !isWider(scope, wide))).toBe(true);
        expect(other.some((wide) => !isWider(scope, wide))).toBe(true);
      }
    }),
    { numRuns: runs },
  );
});
