import { transportContract } from '../../contract/index.ts';
import { openInProcess, withoutWire } from '../../contract/open-in-process.ts';

transportContract('in-process', openInProcess, withoutWire);
