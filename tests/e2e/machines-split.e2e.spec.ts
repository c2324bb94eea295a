import { machinesSuite } from './machines.suite.ts';
import { split } from './split.shape.ts';

machinesSuite(split);
