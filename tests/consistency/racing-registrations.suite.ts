import { describe, expect, it } from 'vitest';
import { uniqueName } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

const racers = 64;
const wide = (letter: string) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0);

/** The same name to whoever compares as the service does: without case and width. */
function variants(name: string): readonly ((place: number) => string)[] {
  return [() => name, () => name.toUpperCase(), () => name.replace(/[a-z]/g, wide), (place) => mixed(name, place)];
}

function mixed(name: string, place: number): string {
  return [...name].map((letter, index) => ((index + place) % 3 === 0 ? letter.toUpperCase() : letter)).join('');
}

export function racingRegistrationsSuite(stage: Stage): void {
  describe(`${racers} registrations at once`, () => {
    it('of one name, in all its cases and widths: exactly one wins, the others are told', async () => {
      const name = uniqueName();
      const forms = variants(name);
      const answers = await race((place) => ({
        username: forms[place % forms.length]?.(place) ?? name,
        email: `${name}-${place}@example.com`,
      }));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(racers - 1);
      expect((await stage.ask(`/users/?q=${name}`)).body).toHaveLength(1);
    });

    it('of one address: exactly one wins, and every other name is free again', async () => {
      const email = `${uniqueName()}@example.com`;
      const names = Array.from({ length: racers }, uniqueName);
      const answers = await race((place) => ({
        username: names[place] ?? '',
        email: place % 2 === 0 ? email : email.toUpperCase(),
      }));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(racers - 1);
      const winner = answers.findIndex(({ status }) => status === 201);
      const others = names.filter((_, place) => place !== winner).slice(0, 8);
      const again = await Promise.all(others.map((username) => stage.user({ username })));
      expect(again.map(({ answer }) => answer.status)).toEqual(others.map(() => 201));
    });
  });

  function race(person: (place: number) => { readonly username: string; readonly email: string }) {
    return Promise.all(
      Array.from({ length: racers }, (_, place) =>
        stage.ask('/users/', { json: { ...person(place), password: 'password of a racer' } }),
      ),
    );
  }
}
