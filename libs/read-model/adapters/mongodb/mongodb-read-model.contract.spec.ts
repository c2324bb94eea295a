import { describe, expect, it, vi } from 'vitest';
import { readModelContract } from '../../contract/read-model.contract.ts';
import { AskedCommands } from './asked-commands.fixture.ts';
import { harnessOn, sharedServer } from './mongodb-server.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });
const { server, missing } = await sharedServer();
const commands = new AskedCommands();

describe.skipIf(missing !== undefined)(`mongodb adapter on ${server.name}`, () => {
  readModelContract('mongodb', { open: harnessOn(server, { onCommand: commands.hear }) });

  it('asked for nothing in all of these that is not the beginning of a declared index', () => {
    expect(commands.count).toBeGreaterThan(500);
    expect(commands.unserved()).toEqual([]);
  });
});
