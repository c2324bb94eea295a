import { machinesSuite } from './machines.suite.ts';
import { wireStores } from './wire-stores.shape.ts';

machinesSuite(wireStores);
