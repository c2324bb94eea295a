import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { split } from './split.shape.ts';
import { standalone } from './standalone.shape.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
interface SentSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<SentSpan, 'service'>[] }[];
  }[];
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = `00-${traceId}-b7ad6b7169203331-01`;

for (const shape of [standalone, split]) {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`traces of ${shape.name}${reason}`, () => {
    const bodies: string[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    let deployment: Awaited<ReturnType<typeof shape.start>>;

    beforeAll(async () => {
      receiver.listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address() as AddressInfo;
      deployment = await shape.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    });
    afterAll(async () => {
      await deployment?.remove();
      await shape.stopServers();
      receiver.close();
      receiver.closeAllConnections();
    });

    it('follow a request from its caller over every service that has a part in it, and name nobody', async () => {
      const { status } = await fetch(`${deployment.url}/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: caller, 'x-request-id': 'a-traced-request' },
        body: JSON.stringify({ username: 'somebody@example.com', password: 'a wrong password', api_key: 'evd_none' }),
      });
      expect(status).toBe(200);
      await fetch(`${deployment.url}/token`, {
        method: 'POST',
        headers: { traceparent: caller },
        body: new URLSearchParams({ username: 'somebody@example.com', password: 'a wrong password' }),
      });
      const named = (name: string) => spans().find((span) => span.traceId === traceId && span.name === name);
      const [http, command, query] = await until(
        () => {
          const chain = [
            named('POST /token'),
            named('auth-command authenticate'),
            named('identity-projection find-sign-in'),
          ];
          return chain.every((span) => span !== undefined) ? chain : undefined;
        },
        { what: 'the spans of a sign-in' },
      );
      expect(http?.parentSpanId).toBe('b7ad6b7169203331');
      expect(command?.parentSpanId).toBe(http?.spanId);
      expect(query?.parentSpanId).toBe(command?.spanId);
      const verify = await until(() => named('auth-command verify-credentials'), { what: 'the span of /verify' });
      const correlation = verify.attributes.find(({ key }) => key === 'evident.correlation_id');
      expect(correlation?.value.stringValue).toBe('a-traced-request');
      expect(bodies.join('')).not.toMatch(/somebody|wrong password|evd_none/);
      const services = new Set([http, command, query].map((span) => span?.service));
      expect(services.size).toBe(shape === split ? 3 : 1);
    });

    function spans(): SentSpan[] {
      return bodies.flatMap((body) =>
        (JSON.parse(body) as Export).resourceSpans.flatMap(({ resource, scopeSpans }) => {
          const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
          return scopeSpans.flatMap(({ spans: sent }) => sent.map((span) => ({ ...span, service })));
        }),
      );
    }
  });
}
