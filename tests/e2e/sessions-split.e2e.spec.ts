import { sessionsSuite } from './sessions.suite.ts';
import { split } from './split.shape.ts';

sessionsSuite(split);
