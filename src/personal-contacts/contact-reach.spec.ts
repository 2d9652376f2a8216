import { type CardProperty } from '../contact-card/contact-fields.js';
import { reachOf } from './contact-reach.js';

const tel = (value: string, type: string | string[] = []): CardProperty => ['tel', { type }, 'text', value];
const read = (...extra: CardProperty[]) => reachOf(extra, 'FR').map(({ field, value }) => [field, value]);

describe('further numbers and addresses of a card', () => {
  it.each([
    ['cell', 'mobilePhone'],
    [['WORK', 'cell'], 'mobilePhone'],
    ['work,voice', 'workPhone'],
    [['work', 'x-company'], 'workPhone'],
    ['home', 'homePhone'],
    [['home', 'fax'], 'faxNumber'],
    ['x-other', 'otherPhone'],
    [[], 'otherPhone'],
  ])('calls a number of type %j what it is: %s', (type, field) =>
    expect(read(tel('+33612345678', type))).toEqual([[field, '+33612345678']]),
  );

  it.each(['x-assistant', 'pager', 'x-telex', 'textphone', 'isdn'])(
    'finds nobody by a number of type %s, which somebody else answers or nobody',
    (type) => expect(read(tel('+33612345678', ['work', type]))).toEqual([]),
  );

  it('reads numbers as they are written, those without a country in the region of the account', () => {
    expect(
      read(
        tel('06 12 34 56 78'),
        tel('tel:+33-6-12-34-56-79'),
        tel('0044 20 7254 0871'),
        tel('144'),
        tel('?'),
      ),
    ).toEqual([
      ['otherPhone', '+33612345678'],
      ['otherPhone', '+33612345679'],
      ['otherPhone', '+442072540871'],
    ]);
    expect(reachOf([tel('06 12 34 56 78')], null)).toEqual([]);
    // Behind an extension is somebody else.
    expect(read(tel('tel:+33-1-40-20-50-50;ext=12'), tel('01 40 20 50 50 x12'))).toEqual([]);
  });

  it('takes addresses as they are compared, and nothing that is none', () => {
    expect(
      read(
        ['email', { type: 'work' }, 'text', 'Ada@Engine.Example'],
        ['email', {}, 'text', 'nobody'],
        ['note', {}, 'text', 'x@y.example'],
      ),
    ).toEqual([['email', 'ada@engine.example']]);
  });
});
