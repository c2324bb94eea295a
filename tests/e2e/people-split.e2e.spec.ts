import { peopleSuite } from './people.suite.ts';
import { split } from './split.shape.ts';

peopleSuite(split);
