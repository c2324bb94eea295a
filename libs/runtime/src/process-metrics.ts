import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/**
 * What a dashboard needs to know of any process, read only when somebody scrapes. prom-client's own default set also
 * walks open handles and observes every garbage collection, which costs something all the time.
 */
export function addProcessMetrics(registry: Registry): void {
  const loopDelay = monitorEventLoopDelay({ resolution: 20 });
  loopDelay.enable();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('process_resident_memory_bytes', 'Memory that the process holds.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_used_bytes', 'Memory in use by JavaScript objects.', () => process.memoryUsage().heapUsed);
  gauge('process_start_time_seconds', 'When the process started, seconds since the epoch.', () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  );
  gauge('process_cpu_seconds', 'Processor time used since the start, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge('nodejs_eventloop_delay_p99_seconds', 'Delay of the event loop since the last scrape, p99.', () => {
    const delay = loopDelay.percentile(99) / 1e9;
    loopDelay.reset();
    return delay;
  });
}
