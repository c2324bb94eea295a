import { EventStoreFault } from './event-store.port.ts';
import type { PersonSealer } from './person-sealer.port.ts';

/**
 * For streams that hold nothing personal (keyrings, seals, expiries, erasures), where the person keys are not open or not
 * there: what has a personal member after all is refused (`misuse`), and what was sealed reads as `"erased"`.
 */
export const noPersonKeys: PersonSealer = {
  seal: () => {
    throw new EventStoreFault('misuse', 'an event with a personal member, where no person key is open');
  },
  open: () => undefined,
};
