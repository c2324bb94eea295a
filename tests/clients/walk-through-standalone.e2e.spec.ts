import { standalone } from '../e2e/standalone.shape.ts';
import { walkThroughSuite } from './walk-through.suite.ts';

walkThroughSuite(standalone);
