import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterEach(() => {
  Object.assign(fixture.appends, { before: undefined, after: undefined });
});
afterAll(() => fixture.remove());

class ProcessEnded extends Error {}

/** Ends the command at its nth append, before or after it is durable. */
function endAt(step: number, when: 'before' | 'after'): void {
  let appends = 0;
  fixture.appends[when] = () => {
    appends += 1;
    if (appends >= step) throw new ProcessEnded();
  };
}
const goOn = () => Object.assign(fixture.appends, { before: undefined, after: undefined });

const kinds = ['role', 'workspace'] as const;
/** Claim on the slug, the stream itself, and of a workspace the membership of who made it. */
const steps = kinds.flatMap((kind) =>
  (kind === 'role' ? [1, 2] : [1, 2, 3]).flatMap((step) =>
    (['before', 'after'] as const).map((when) => [kind, step, when] as const),
  ),
);
const createdBy = (
  kind: (typeof kinds)[number],
  slug: string,
  context = fixture.asAdmin(),
): Promise<Reply<{ uid: string }>> =>
  kind === 'role'
    ? fixture.service.createRole({ name: 'Some', slug }, context)
    : fixture.service.createWorkspace({ name: 'Some', slug }, context);

describe.each(steps)('a %s whose making ended at append %i, %s it was durable,', (kind, step, when) => {
  it('is completed by a repeat of the same command, as one', async () => {
    const [slug, context] = [`repeated-${++serial}`, fixture.asAdmin()];
    endAt(step, when);
    await expect(createdBy(kind, slug, context)).rejects.toThrow(ProcessEnded);
    goOn();
    const { uid } = valueIn(await createdBy(kind, slug, context));
    const stream = kind === 'role' ? streams.role('main', uid) : streams.workspace('main', uid);
    expect(await fixture.read(stream)).toHaveLength(1);
    expect(codeOf(await createdBy(kind, slug))).toBe(`${kind}.slug-taken`);
  });

  it('leaves its slug free or complete once a sweeper has looked', async () => {
    const [slug, context] = [`left-${++serial}`, fixture.asAdmin()];
    endAt(step, when);
    await expect(createdBy(kind, slug, context)).rejects.toThrow(ProcessEnded);
    goOn();
    fixture.clock.advance(5_001);
    await fixture.service.sweepClaims();
    const isComplete = step > 2 || (step === 2 && when === 'after');
    expect(codeOf(await createdBy(kind, slug))).toBe(isComplete ? `${kind}.slug-taken` : 'ok');
    const repeated = codeOf(await createdBy(kind, slug, context));
    expect(repeated).toBe(isComplete ? 'ok' : `${kind}.slug-taken`);
  });
});

it('a workspace is not said to be there before whoever made it is in it', async () => {
  const { userId, context } = await fixture.holderOf('create:sso/workspace');
  const make = () => createdBy('workspace', 'crowded', context);
  let named = 0;
  fixture.appends.before = async (stream, [first]) => {
    if (first?.type !== 'user.workspace-joined') return;
    await fixture.append(stream, { type: 'user.named', data: { name: `Ada ${++named}` } });
  };
  expect(codeOf(await make())).toBe('deadline.passed');
  goOn();
  const { uid } = valueIn(await make());
  const { state } = await fixture.temporary.log.states.user.load(streams.user('main', userId));
  expect([...state.workspaces.keys()]).toEqual([uid]);
});
