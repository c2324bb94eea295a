import { afterAll, beforeAll, describe } from 'vitest';
import { compromisedGatewaySuite } from './compromised-gateway.suite.ts';
import { attackInProcess } from './in-process-services.ts';
import { cheapHashes } from './security.suite.ts';

describe('a compromised gateway in the same process', () => {
  let attack: Awaited<ReturnType<typeof attackInProcess>>;
  beforeAll(async () => {
    attack = await attackInProcess(cheapHashes);
  });
  afterAll(() => attack?.close());

  compromisedGatewaySuite(() => attack.attacker);
});
