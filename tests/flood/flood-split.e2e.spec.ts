import { split } from '../e2e/split.shape.ts';
import { floodSuite } from './flood.suite.ts';

floodSuite(split);
