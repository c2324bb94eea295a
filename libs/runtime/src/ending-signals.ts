/** What tells a process to end: a supervisor, Ctrl-C, and a terminal that is closed. */
export const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Ends the process, with 0 unless `end` does it, where it is told to end and nothing else listens, for nothing is begun
 * that would have to be ended in order; whoever listens after this does that. The system hides a signal from process 1 of
 * a container that does not listen to it, so a program calls this before it loads anything else.
 *
 * @returns ends the listening.
 */
export function endWhereNothingIsBegun(end: (signal: NodeJS.Signals) => void = () => process.exit(0)): () => void {
  const told = (signal: NodeJS.Signals) => {
    if (process.listeners(signal).at(-1) === told) end(signal);
  };
  for (const signal of endingSignals) process.on(signal, told);
  return () => {
    for (const signal of endingSignals) process.off(signal, told);
  };
}
