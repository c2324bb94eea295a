import { split } from '../e2e/split.shape.ts';
import { killUnderWritersSuite } from './kill-under-writers.suite.ts';

killUnderWritersSuite(split);
