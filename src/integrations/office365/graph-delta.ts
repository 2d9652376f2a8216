import { ProviderBusy } from '../provider-errors.js';
import { type GraphOperation } from './graph-errors.js';
import { type GraphClient } from './graph.client.js';

/** Change tracking as Graph has it: the first question, and what asking its links is called. */
const links = {
  'contactFolders.delta': 'contactFolders.delta.link',
  'contacts.delta': 'contacts.delta.link',
  'calendarView.delta': 'calendarView.delta.link',
} as const satisfies Partial<Record<GraphOperation, GraphOperation>>;
export type DeltaOperation = keyof typeof links;

export interface DeltaPage {
  values: unknown[];
  /** Where it goes on, now or the next time. */
  link: string;
  last: boolean;
}

interface DeltaAnswer {
  value?: unknown;
  '@odata.nextLink'?: unknown;
  '@odata.deltaLink'?: unknown;
}

/**
 * Pages of a delta query: an empty one is a page too.
 * @param from a path for all there is; or a link, for what came after it
 */
export async function* deltaPages(
  client: GraphClient,
  operation: DeltaOperation,
  from: string,
  prefer: readonly string[] = [],
): AsyncGenerator<DeltaPage> {
  let link = from;
  for (;;) {
    const asked = link.startsWith('/') ? operation : links[operation];
    const page = await client.json<DeltaAnswer | null>({ operation: asked, path: link, prefer });
    const next = client.link(asked, page?.['@odata.nextLink']);
    const end = client.link(asked, page?.['@odata.deltaLink']);
    const values = page?.value;
    // One that says there is more and gives nothing would be asked for ever.
    if (!Array.isArray(values) || (next === null && end === null) || (next === link && values.length === 0))
      throw new ProviderBusy({ operation: asked, code: 'INCOMPLETE' });
    link = next ?? end!;
    yield { values: values as unknown[], link, last: next === null };
    if (next === null) return;
  }
}

/** `{"reason":"deleted"}`, or `changed` where it can still be restored. */
export function isRemoved(item: unknown): boolean {
  return Boolean((item as { '@removed'?: unknown } | null)?.['@removed']);
}
