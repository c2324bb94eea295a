import { split } from '../e2e/split.shape.ts';
import { gracefulEndSuite } from './graceful-end.suite.ts';

gracefulEndSuite(split);
