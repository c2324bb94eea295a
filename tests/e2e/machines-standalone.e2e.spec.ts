import { machinesSuite } from './machines.suite.ts';
import { standalone } from './standalone.shape.ts';

machinesSuite(standalone);
