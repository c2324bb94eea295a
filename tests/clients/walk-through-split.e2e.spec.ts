import { split } from '../e2e/split.shape.ts';
import { walkThroughSuite } from './walk-through.suite.ts';

walkThroughSuite(split);
