import { type BrowserContext } from 'playwright-core';

/** Hears what a browser complains about: its console, requests that failed, requests to other hosts. */
export class Watch {
  private complaints: string[] = [];

  constructor(context: BrowserContext, origin: string) {
    const ours = new URL(origin).origin;
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (problem) => this.complaints.push(`error: ${problem.error().message}`));
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.origin !== ours)
        this.complaints.push(`asks another host: ${url.href}`);
    });
    context.on('requestfailed', (request) => {
      const { errorText } = request.failure() ?? { errorText: '' };
      // A page that is left, or a search that is typed on, breaks off what it asked for.
      if (!errorText.includes('ERR_ABORTED')) this.complaints.push(`failed: ${request.url()} ${errorText}`);
    });
  }

  /**
   * What was heard since the last call.
   * @param status of the page itself, when it is meant to be an error page: Chromium reports that in its console too
   */
  take(status = 200): string[] {
    const heard = this.complaints;
    this.complaints = [];
    return status < 400
      ? heard
      : heard.filter((line) => !line.includes(`responded with a status of ${status}`));
  }
}
