import { describe, expect, it } from 'vitest';
import { type Answer, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

const rounds = Number(process.env.DEMOTION_ROUNDS ?? 9);

interface Administrator {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  readonly token: string;
}

type Against = (by: Administrator, whom: Administrator) => Promise<Answer>;

/** Administrators who take each other's power at the same moment, in every way there is. */
export function mutualDemotionSuite(stage: Stage): void {
  const put = (json: object): Against => {
    return (by, whom) => call(stage.evident, `/users/${whom.id}`, { method: 'PUT', token: by.token, json });
  };
  const ways: readonly (readonly [name: string, against: Against])[] = [
    ['demotes', put({ is_admin: false })],
    ['disables', put({ is_active: false })],
    ['removes', (by, whom) => call(stage.evident, `/users/${whom.id}`, { method: 'DELETE', token: by.token })],
  ];
  const pairs = ways.flatMap((one) => ways.map((other) => [one, other] as const));

  describe('two administrators who take each other out at once', () => {
    it(`leave one who can still do everything (${rounds} rounds)`, { timeout: 30_000 + rounds * 2_000 }, async () => {
      let survivor = await present();
      for (let round = 0; round < rounds; round++) {
        const pair = pairs[round % pairs.length];
        if (pair === undefined) throw new Error('no pair');
        const [[does, against], [doesBack, back]] = pair;
        const rival = await another(survivor);
        const answers = await Promise.all([against(survivor, rival), back(rival, survivor)]);
        const statuses = answers.map(({ status }) => status);
        const took = statuses.filter((status) => status < 300);
        expect(took, `one ${does}, the other ${doesBack}: ${statuses}`).toHaveLength(1);
        if (statuses[0] !== took[0]) survivor = rival;
        await stage.handOverTo(survivor);
        expect((await stage.ask('/users/?is_active=true&limit=1')).status, 'what is left of power').toBe(200);
      }
    });
  });

  async function present(): Promise<Administrator> {
    const { username } = stage.administrator;
    const { body } = await stage.ask(`/users/?q=${username}`);
    return { ...stage.administrator, id: body[0].id, token: stage.token };
  }

  async function another(by: Administrator): Promise<Administrator> {
    const person = await createUser(stage.evident, by.token, { is_admin: true });
    return { ...person, id: person.body.id, token: await stage.tokenOf(person) };
  }
}
