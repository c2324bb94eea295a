import { asfSuite } from './asf.suite.ts';
import { split } from './split.shape.ts';

asfSuite(split);
