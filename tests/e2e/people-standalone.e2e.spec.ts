import { peopleSuite } from './people.suite.ts';
import { standalone } from './standalone.shape.ts';

peopleSuite(standalone);
