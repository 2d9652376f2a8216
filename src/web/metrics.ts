import { createServer, type Server } from 'node:http';
import { type NextFunction, type Request, type Response } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What `/metrics` shows; whoever has something to watch registers it here. */
export const metrics = new Registry();

const requests = new Histogram({
  name: 'carnet_http_request_duration_seconds',
  help: 'Time from the arrival of a request to the end of its answer',
  labelNames: ['method', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [metrics],
});

/** Times every request; addresses are no labels, since there are as many as people. */
export function timeRequests({ method }: Request, response: Response, next: NextFunction): void {
  const stop = requests.startTimer({ method });
  response.once('finish', () => stop({ status: String(response.statusCode) }));
  next();
}

/** `/metrics` for Prometheus, on a port of its own that only this machine reaches. */
export function serveMetrics(port: number): Server {
  collectDefaultMetrics({ register: metrics });
  return createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  }).listen(port, '127.0.0.1');
}
