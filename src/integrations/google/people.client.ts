import { ContactGone, ProviderBusy } from '../provider-errors.js';
import { type WebApiClient } from '../web-api/web-api.client.js';
import { type Lists } from './google.mapping.js';
import { type Position } from './google-cursor.js';
import {
  PERSON_FIELDS,
  SOURCES,
  listOf,
  readPerson,
  recordOf,
  textOf,
  type Entry,
  type Person,
} from './people.js';

/** The most the service gives at once. */
const PAGE_SIZE = 1000;
const READING = { personFields: PERSON_FIELDS, sources: SOURCES };

export interface ListPage {
  items: unknown[];
  /** Where it goes on: on the next page, or at what will have changed. */
  next: Position;
  last: boolean;
}

/** What an edit sends: whole lists, and the names of groups. */
export interface Edit extends Lists {
  clientData?: Entry[];
  /** All of them. */
  groups?: readonly string[];
}

/** The methods of the People API we use. @see people-v1.json */
export class PeopleClient {
  constructor(private readonly api: WebApiClient) {}

  /** People there are, or what changed since. The service wants each page asked as the first. */
  async connections(from: Position): Promise<ListPage> {
    const body = await this.api.json<unknown>({
      operation: 'people.connections.list',
      path: '/v1/people/me/connections',
      query: {
        ...READING,
        pageSize: PAGE_SIZE,
        requestSyncToken: true,
        syncToken: from.sync,
        pageToken: from.page,
      },
    });
    const page = pageOf(body, 'connections', from);
    // Without a mark of where we are, all would be read again and again.
    if (page.last && page.next.sync === null)
      throw new ProviderBusy({ operation: 'people.connections.list', code: 'INCOMPLETE' });
    return page;
  }

  /**
   * People as they are this moment, the last changed first: no answer for a sync token, which may lag behind by minutes.
   * @yields pages
   */
  async *latest(): AsyncGenerator<unknown[]> {
    for (let page: string | null = null; ;) {
      const body: unknown = await this.api.json<unknown>({
        operation: 'people.connections.list',
        path: '/v1/people/me/connections',
        query: {
          ...{ personFields: 'clientData,metadata', sources: SOURCES, pageSize: PAGE_SIZE },
          ...{ sortOrder: 'LAST_MODIFIED_DESCENDING', pageToken: page },
        },
      });
      yield listOf(recordOf(body)['connections']);
      const next = textOf(recordOf(body)['nextPageToken']);
      if (next === null) return;
      if (next === page)
        throw new ProviderBusy({ operation: 'people.connections.list', code: 'NO_PROGRESS' });
      page = next;
    }
  }

  async groups(from: Position): Promise<ListPage> {
    const body = await this.api.json<unknown>({
      operation: 'contactGroups.list',
      path: '/v1/contactGroups',
      query: {
        groupFields: 'groupType,metadata,name',
        pageSize: PAGE_SIZE,
        syncToken: from.sync,
        pageToken: from.page,
      },
    });
    return pageOf(body, 'contactGroups', from);
  }

  /** @returns those of these groups there are */
  async groupsAmong(names: readonly string[]): Promise<Set<string>> {
    const body = await this.api.json<unknown>({
      operation: 'contactGroups.batchGet',
      path: '/v1/contactGroups:batchGet',
      query: { resourceNames: names, groupFields: 'metadata' },
    });
    return new Set(
      listOf(recordOf(body)['responses']).flatMap((response) => {
        const { contactGroup, requestedResourceName } = recordOf(response);
        const { resourceName, metadata } = recordOf(contactGroup);
        const name = textOf(requestedResourceName) ?? textOf(resourceName);
        return name && textOf(resourceName) && recordOf(metadata)['deleted'] !== true ? [name] : [];
      }),
    );
  }

  /** One contact into a group, or out of it; what else it is in stays. @throws ContactGone where either is not there */
  async modifyMembers(group: string, how: 'add' | 'remove', resourceName: string): Promise<void> {
    const operation = 'contactGroups.members.modify';
    const names = how === 'add' ? 'resourceNamesToAdd' : 'resourceNamesToRemove';
    const answer = recordOf(
      await this.api.json<unknown>({
        operation,
        method: 'POST',
        path: `/v1/${group}/members:modify`,
        body: { [names]: [resourceName] },
      }),
    );
    if (listOf(answer['notFoundResourceNames']).includes(resourceName))
      throw new ContactGone({ operation, code: 'NOT_FOUND' });
    // Its last one it stays in: whoever asks for the contact sees that.
  }

  /** @throws ContactGone */
  async person(resourceName: string): Promise<Person | null> {
    return readPerson(
      await this.api.json<unknown>({ operation: 'people.get', path: `/v1/${resourceName}`, query: READING }),
    );
  }

  async create(edit: Edit): Promise<Person> {
    const body = await this.api.json<unknown>({
      operation: 'people.createContact',
      method: 'POST',
      path: '/v1/people:createContact',
      query: READING,
      body: bodyOf(edit),
    });
    return written(body, 'people.createContact');
  }

  /** Fields that are not named stay as they are there. */
  async update({ resourceName, etag, source }: Person, edit: Edit): Promise<Person> {
    const fields = bodyOf(edit);
    const body = await this.api.json<unknown>({
      operation: 'people.updateContact',
      method: 'PATCH',
      path: `/v1/${resourceName}:updateContact`,
      query: { updatePersonFields: Object.keys(fields).join(','), ...READING },
      body: {
        resourceName,
        ...(etag !== null && { etag }),
        metadata: { sources: [{ type: 'CONTACT', etag: source.etag, ...(source.id && { id: source.id }) }] },
        ...fields,
      },
    });
    return written(body, 'people.updateContact');
  }

  async remove(resourceName: string): Promise<void> {
    await this.api.ask({
      operation: 'people.deleteContact',
      method: 'DELETE',
      path: `/v1/${resourceName}:deleteContact`,
    });
  }
}

export function pageOf(body: unknown, list: string, from: Position): ListPage {
  const { [list]: items, nextPageToken, nextSyncToken } = recordOf(body);
  const [page, sync] = [textOf(nextPageToken), textOf(nextSyncToken)];
  // It would be asked for ever.
  if (page !== null && page === from.page) throw new ProviderBusy({ operation: list, code: 'NO_PROGRESS' });
  const next = page !== null ? { sync: from.sync, page } : { sync, page: null };
  return { items: listOf(items), next, last: page === null };
}

function bodyOf({ groups, ...lists }: Edit): Record<string, unknown> {
  const memberships = groups?.map((name) => ({
    contactGroupMembership: { contactGroupResourceName: name },
  }));
  return { ...lists, ...(memberships && { memberships }) };
}

function written(body: unknown, operation: string): Person {
  const person = readPerson(body);
  if (!person) throw new ProviderBusy({ operation, code: 'INCOMPLETE' });
  return person;
}
