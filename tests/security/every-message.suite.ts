import type { MessageContract } from '@evident/contracts';
import * as contracts from '@evident/contracts';
import { expect, it } from 'vitest';
import type { Attacker } from './attacker.ts';

const exported: readonly unknown[] = Object.values(contracts);
const messages = exported.filter(
  (each): each is MessageContract => typeof each === 'object' && each !== null && 'subject' in each,
);

/** Each message of the contracts has somebody who answers it, and who holds what is asked against its shape. */
export function everyMessageSuite(attacker: () => Attacker): void {
  it('each message is answered by its service, which refuses what has not its shape', async () => {
    const codes = await Promise.all(
      messages.map(async (contract) => [contract.subject, await attacker().codeOf(contract, 'no request' as never)]),
    );
    expect(messages.length).toBeGreaterThan(60);
    expect(codes).toEqual(messages.map(({ subject }) => [subject, 'request.invalid']));
  });
}
