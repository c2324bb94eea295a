import { split } from '../e2e/split.shape.ts';
import { consistencySuite } from './consistency.suite.ts';

consistencySuite(split);
