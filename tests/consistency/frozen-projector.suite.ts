import { type FrozenProcess, type StartedService, serviceProcesses, until } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { untilReady } from '../e2e/until-ready.ts';
import { freezeUnlocked } from './freeze-unlocked.ts';
import type { Stage } from './stage.ts';

/** SIGSTOP of identity-projection, alone and beside one that goes on answering from rows that stand still. */
export function frozenProjectorSuite(stage: Stage, natsUrl: string): void {
  describe('while identity-projection is frozen, a change that was acknowledged', () => {
    let frozen: FrozenProcess | undefined;
    let second: StartedService | undefined;
    afterEach(async () => {
      frozen?.wake();
      await second?.stop();
    });

    it('is honoured by what is decided when it wakes', async () => {
      const { changes, ask } = await changesOfOne();
      const pid = serviceProcesses(stage.evident.process.pid).get('identity-projection');
      frozen = await freezeUnlocked(pid, stage.evident.dataDir);
      expect(await changes()).toEqual([200, 200, 200]);
      const asked = Promise.all(Array.from({ length: 4 }, ask));
      frozen.wake();
      for (const verdicts of await asked) expectRefusals(verdicts);
      await untilReady(stage.evident);
      expect(await ask()).toEqual(refusals);
    });

    it('is honoured by every answer of the other instance, whose rows are behind until it takes over', async () => {
      second = await stage.startBeside('identity-projection', natsUrl);
      const { changes, ask } = await changesOfOne();
      // It took over when it started, so from here on the first one's rows stand still.
      frozen = await freezeUnlocked(second.process.pid, stage.evident.dataDir);
      expect(await changes()).toEqual([200, 200, 200]);
      // Half of the questions reach the frozen one and wait; the other answers from its rows.
      let answered = 0;
      const asking = Array.from({ length: 8 }, async () => {
        const verdicts = await ask();
        answered += 1;
        return verdicts;
      });
      await until(() => answered > 0 || undefined, { what: 'an answer from rows that are behind' });
      frozen.wake();
      for (const verdicts of await Promise.all(asking)) expectRefusals(verdicts);
      await second.stop();
      await untilReady(stage.evident);
      expect(await ask()).toEqual(refusals);
    });
  });

  const refusals = ['User account is inactive', 'User not authorized for this application', 'Invalid API key'];

  /** Each is refused in its own words or not judged at all. */
  function expectRefusals(verdicts: readonly string[]): void {
    for (const [place, verdict] of verdicts.entries()) expect([refusals[place], '503']).toContain(verdict);
  }

  /** Three users whose passwords are remembered, and the change that shuts each of them out. */
  async function changesOfOne() {
    const [app, rotated] = await Promise.all([stage.app(), stage.app()]);
    const [disabled, unassigned, other] = await Promise.all([app, app, rotated].map((of) => stage.userOf(of)));
    if (!disabled || !unassigned || !other) throw new Error('no users');
    const key = app.body.api_key;
    const ask = () =>
      Promise.all([
        stage.verdict(disabled, key),
        stage.verdict(unassigned, key),
        stage.verdict(other, rotated.body.api_key),
      ]);
    expect(await ask()).toEqual(['Authorized', 'Authorized', 'Authorized']);
    const changes = async () => {
      const made = await Promise.all([
        stage.change(disabled.body.id, { is_active: false }),
        stage.assign(unassigned, app, 'DELETE'),
        stage.ask(`/apps/${rotated.body.id}/rotate-key`, { method: 'POST' }),
      ]);
      return made.map(({ status }) => status);
    };
    return { changes, ask };
  }
}
