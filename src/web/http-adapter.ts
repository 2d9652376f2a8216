import { type NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type Express } from 'express';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';

/**
 * Express puts its own prototype under each request and each answer when they come. An object whose prototype is changed gets
 * a shape of its own with every property it is given, and shapes are old objects: 30 kB of each request stayed until the next
 * full collection. Here they are made with that prototype, so that there is nothing to change.
 */
export class HttpAdapter extends ExpressAdapter {
  override initHttpServer({ forceCloseConnections }: NestApplicationOptions): void {
    const express = this.getInstance<Express>();
    class OurRequest extends IncomingMessage {}
    class OurResponse extends ServerResponse {}
    express.request = Object.setPrototypeOf(OurRequest.prototype, express.request) as Express['request'];
    express.response = Object.setPrototypeOf(OurResponse.prototype, express.response) as Express['response'];
    this.httpServer = createServer({ IncomingMessage: OurRequest, ServerResponse: OurResponse }, express);
    if (forceCloseConnections) this['trackOpenConnections']();
  }
}
