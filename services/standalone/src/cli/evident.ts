import { runEvident } from './run-evident.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await runEvident(process.argv.slice(2), processTerminal());
