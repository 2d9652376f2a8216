import { type Environment } from '../../src/config/environment.js';
import { type ListedHost } from '../../src/config/listed-hosts.js';
import { type EventsPage } from '../../src/integrations/calendar-connector.js';
import { CalendarConnectors } from '../../src/integrations/calendar/calendar-connectors.js';
import { ExchangeCalendarConnector } from '../../src/integrations/exchange/exchange-calendar.connector.js';
import { ExchangeNetwork } from '../../src/integrations/exchange/exchange-network.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { calendarContract } from './calendar-contract.js';
import { exchangeCalendars } from './exchange-calendars.js';
import { requestsFollowTheSchema } from './exchange-requests.js';

const listed: ListedHost[] = [];
const environment = { ewsAllowedHosts: listed, ewsCertificates: [] } as unknown as Environment;
const connector = new ExchangeCalendarConnector(new ExchangeNetwork(environment), new CalendarConnectors());

describe('the Exchange calendar connector', () => {
  const allow = ({ port }: FakeExchange) => void listed.push({ host: '127.0.0.1', port: port!, plain: true });
  calendarContract(exchangeCalendars(connector, allow));

  it('knows the days of whole days without the clock on the wall, which servers before 2013 do not tell', async () => {
    const box = await exchangeCalendars(connector, allow, 'Exchange2007_SP1').start();
    const zones = ['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Pacific/Auckland', 'Pacific/Honolulu'];
    for (const zone of zones) box.add({ title: zone, from: '2026-10-24', to: '2026-10-26', zone });
    const session = connector.open(box.access());
    const window = { from: new Date('2026-10-20T00:00Z'), to: new Date('2026-11-25T00:00Z') };
    const { value } = (await session.events(box.own, window, null).next()) as { value: EventsPage };
    const days = value.changes.map(
      (change) => change.kind === 'event' && [change.event.startsAt, change.event.endsAt],
    );
    expect(days).toEqual(zones.map(() => [new Date('2026-10-24T00:00Z'), new Date('2026-10-26T00:00Z')]));
    session.close();
    await box.close();
  });

  it('cuts a view in two that the server does not tell whole', async () => {
    const box = await exchangeCalendars(connector, allow).start();
    const at = (hour: number) => new Date(Date.UTC(2026, 9, 21) + hour * 60_000 * 30);
    for (let place = 0; place < 700; place++)
      box.add({ title: String(place), from: at(place), to: at(place + 1) });
    const session = connector.open(box.access());
    const window = { from: new Date('2026-10-20T00:00Z'), to: new Date('2026-11-25T00:00Z') };
    const { value } = (await session.events(box.own, window, null).next()) as { value: EventsPage };
    expect(new Set(value.changes.map((change) => change.kind === 'event' && change.event.title)).size).toBe(
      700,
    );
    session.close();
    await box.close();
  });

  requestsFollowTheSchema();
});
