import { accessSuite } from './access.suite.ts';
import { split } from './split.shape.ts';

accessSuite(split);
