import type { Attacker } from './attacker.ts';
import { everyMessageSuite } from './every-message.suite.ts';
import { forgedCallersSuite } from './forged-callers.suite.ts';
import { internalQuestionsSuite } from './internal-questions.suite.ts';
import { repeatedCommandsSuite } from './repeated-commands.suite.ts';
import { stolenEvidenceSuite } from './stolen-evidence.suite.ts';

/** A compromised gateway acts only with the credentials that pass through it (design.md, section 2): nothing else gets done. */
export function compromisedGatewaySuite(attacker: () => Attacker): void {
  everyMessageSuite(attacker);
  forgedCallersSuite(attacker);
  stolenEvidenceSuite(attacker);
  repeatedCommandsSuite(attacker);
  internalQuestionsSuite(attacker);
}
