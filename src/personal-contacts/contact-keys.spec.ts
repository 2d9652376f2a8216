import { type CardProperty } from '../contact-card/contact-fields.js';
import { emailsOf, numbersOf, personKeyOf } from './contact-keys.js';

const noNumbers = { workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null };
const tel = (value: string): CardProperty => ['tel', {}, 'uri', value];

describe('emailsOf', () => {
  it('knows the further addresses, each once and in the one form', () => {
    const extra: CardProperty[] = [
      ['email', { type: 'home' }, 'text', 'Ada@Home.example'],
      ['email', {}, 'text', 'ada@work.example'],
      ['email', {}, 'text', 'ask at the desk'],
      ['note', {}, 'text', 'else@work.example'],
    ];
    expect(emailsOf({ email: 'ada@work.example', extra })).toEqual(['ada@work.example', 'ada@home.example']);
    expect(emailsOf({ email: null, extra: [] })).toEqual([]);
  });
});

describe('numbersOf', () => {
  it('knows all five and further ones that say their country', () => {
    const extra = [
      tel('tel:+33612345678'),
      tel('+33 (0)1 40 20 50 50'),
      tel('+33140205051'),
      tel('01 40 20 50 52'),
      tel('tel:+33140205050;ext=12'),
    ];
    expect(
      numbersOf({ ...noNumbers, mobilePhone: '+33612345678', faxNumber: '+33140205051', extra }),
    ).toEqual(['+33612345678', '+33140205051', '+33140205050']);
  });
});

describe('personKeyOf', () => {
  it.each([
    ['LEFÈVRE, Camille', 'camille lefevre'],
    ['Camille   Lefevre', 'camille lefevre'],
    ['Jean-Luc O’Reilly', 'jean luc oreilly'],
    ["O'Reilly Jean Luc", 'jean luc oreilly'],
    ['Bjørn Groß', 'bjorn gross'],
    ['王 小明', '小明 王'],
    ['😀', '😀'],
    ['***', '***'],
  ])('reads %s as %s', (name, key) => expect(personKeyOf(name)).toBe(key));

  it('tells apart what differs beyond the length of a sort key', () => {
    const long = 'a'.repeat(200);
    expect(personKeyOf(`${long} Ada`)).not.toBe(personKeyOf(`${long} Zoe`));
  });
});
