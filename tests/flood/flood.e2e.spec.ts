import { standalone } from '../e2e/standalone.shape.ts';
import { floodSuite } from './flood.suite.ts';

floodSuite(standalone);
