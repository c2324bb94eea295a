import { split } from '../e2e/split.shape.ts';
import { crashRounds, killUnderWritersSuite } from './kill-under-writers.suite.ts';

// Four processes take four times as long to start, and their writes meet the same log.
killUnderWritersSuite(split, Math.ceil(crashRounds / 2));
