import { randomUUID } from 'node:crypto';
import { openTemporaryLog, PeopleOnLog } from '@evident/testing';

const together = 100;

/** A data directory with users of ten events each, as the deciders make them, and no rows yet. */
export async function directoryOfPeople(users: number): Promise<string> {
  const temporary = await openTemporaryLog();
  const people = new PeopleOnLog(temporary.log);
  const addUser = async (index: number) => {
    const uid = randomUUID();
    const identifiers = [
      await people.claim(uid, 'username', `person${index}`),
      await people.claim(uid, 'email', `person${index}@example.com`),
    ];
    const registration = { type: 'register-user' as const, number: 1_000_000 + index, identifiers, isAdmin: false };
    await people.changeUser(uid, { ...registration, passwordHash: 'sealed' });
    const named = Array.from({ length: 5 }, (_, turn) => ({ type: 'user.named', data: { name: `name ${turn}` } }));
    await people.append(`user-main.${uid}`, named);
  };
  for (let from = 0; from < users; from += together) {
    await Promise.all(Array.from({ length: together }, (_, index) => addUser(from + index)));
  }
  await temporary.close();
  return temporary.config.dataDir;
}
