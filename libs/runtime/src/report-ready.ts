/** What a service tells the process that started it once it serves. */
export interface ReadyReport {
  readonly ready: true;
}

/** Tells a supervising parent process, where there is one, that this service serves. */
export function reportReady(): void {
  process.send?.({ ready: true } satisfies ReadyReport);
}

export function isReadyReport(message: unknown): message is ReadyReport {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}
