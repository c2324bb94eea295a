const metric = /^nodejs_eventloop_delay_p99_seconds(?:\{[^}]*\})? (\S+)$/m;

/** Milliseconds that the event loop of the server came late, p99 since this was asked the last time. */
export async function eventLoopP99(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(metric.exec(text)?.[1]) * 1_000;
}
