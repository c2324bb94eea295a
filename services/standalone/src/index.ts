export { runStandalone } from './run-standalone.ts';
export { type Standalone, startStandalone } from './start-standalone.ts';
