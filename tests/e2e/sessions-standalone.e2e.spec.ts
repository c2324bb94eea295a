import { sessionsSuite } from './sessions.suite.ts';
import { standalone } from './standalone.shape.ts';

sessionsSuite(standalone);
