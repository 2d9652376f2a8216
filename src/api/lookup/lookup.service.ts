import { Inject, Injectable } from '@nestjs/common';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { otherSide } from '../../calls/record/call-row.js';
import { extensionOf } from '../../calls/who/dialled.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { PEOPLE_OF_A_NUMBER } from '../../directory/people/same-person.js';
import { Persons } from '../../directory/people/persons.service.js';
import { placeOfNumber } from '../../directory/people/whose-number.js';
import { personKeyOf } from '../../personal-contacts/contact-keys.js';
import { type Region } from '../../phone/e164.js';
import { type KnownCaller, type LookupAnswer } from './lookup-schemas.js';

/** Whose number it is, as a user would see it; few reads, because a telephone is ringing meanwhile. */
@Injectable()
export class Lookup {
  constructor(
    private readonly records: PersonRecords,
    private readonly persons: Persons,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** @param said a number in any notation, also as it is dialled in the account's country; an extension; a SIP address */
  async who(reader: Reader, said: string): Promise<LookupAnswer> {
    const side = otherSide(withPlus(said), reader.account.region as Region);
    const { number } = side;
    const extension = extensionOf(side);
    const having =
      number === null
        ? await this.records.byExtensions(reader, extension === null ? [] : [extension])
        : await this.records.byNumbers(reader, [number]);
    if (having.length === 0) return { found: false, number };
    const [first, ...others] = await this.people(reader, having);
    const company = crowdOf(reader, having);
    const known = this.known(reader, first);
    return {
      ...{ found: true, number, ...known },
      // A number that many have is that of their house.
      ...(company === null ? {} : { name: company, title: null }),
      others: company === null ? others.map((record) => this.known(reader, record)) : [],
    };
  }

  /**
   * One entry of each person, whose number it is believed to be first. Whether two names are one person is asked only where there are two:
   * what else somebody is called elsewhere does not change whose number it is.
   */
  private async people(reader: Reader, having: readonly PersonRecord[]): Promise<PersonRecord[]> {
    const named = [
      ...new Map(having.toReversed().map((record) => [personKeyOf(record.name), record])).values(),
    ];
    const firsts = having.filter((record) => named.includes(record));
    if (firsts.length === 1) return firsts;
    const people = firsts.length > PEOPLE_OF_A_NUMBER ? [] : await this.persons.group(reader, firsts);
    const ids = new Set(having.map(({ id }) => id));
    const theirs = people.map(({ records }) => records.filter(({ id }) => ids.has(id)));
    return (people.length > 0 ? theirs : firsts.map((record) => [record]))
      .sort((one, other) => placeOfNumber(one) - placeOfNumber(other))
      .slice(0, PEOPLE_OF_A_NUMBER)
      .map(([first]) => first);
  }

  private known(
    { account }: Reader,
    { kind, name, organization, jobTitle, href }: PersonRecord,
  ): KnownCaller {
    return {
      name: lineOf(name),
      company: kind === 'colleague' ? account.name : organization && lineOf(organization),
      title: jobTitle && lineOf(jobTitle),
      source: kind,
      link: `${this.environment.publicUrl}${href}`,
    };
  }
}

/** The company that all who have a number work for, where too many have it to be one of them; null: it is somebody's. */
function crowdOf({ account }: Reader, having: readonly PersonRecord[]): string | null {
  const names = new Set(having.map(({ name }) => personKeyOf(name)));
  if (names.size <= PEOPLE_OF_A_NUMBER) return null;
  const companies = new Set(
    having.map(({ kind, organization }) => (kind === 'colleague' ? account.name : (organization ?? ''))),
  );
  const [company] = companies;
  return companies.size === 1 && company !== '' ? company : null;
}

/** The plus of a number that nobody escaped in an address comes as a space. */
function withPlus(said: string): string {
  return /^ [1-9][\d ().-]{6,}$/.test(said) ? `+${said.slice(1)}` : said;
}

/** Somebody's name on the one line that a telephone has. */
function lineOf(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
