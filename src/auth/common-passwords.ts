/**
 * Tells passwords that stand on top of every list of leaked ones. All lists agree on a small set of ingredients, so
 * ingredients are kept, not a million combinations of them: a password made only of these words, of digits, of
 * keyboard rows or of one repeated piece is found among the first that anybody tries.
 *
 * @param password at least 12 characters, NFC
 */
export function isCommonPassword(password: string): boolean {
  const plain = plainLetters(password);
  return (
    isRepetition(plain) ||
    isRun(plain) ||
    [plain, withoutLeet(plain), withoutLeet(withoutEnds(plain))].some(isMadeOfWords)
  );
}

/** Lower case without accents, for comparing what people think of as the same word. */
export function plainLetters(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** One piece of up to six characters again and again: `aaaaaaaaaaaa`, `abcabcabcabc`, `azertyazerty`. */
function isRepetition(text: string): boolean {
  const characters = [...text];
  return [1, 2, 3, 4, 5, 6].some((length) =>
    characters.every((character, place) => character === characters[place % length]),
  );
}

/** Stretches of the alphabet, of digits or of a keyboard, forwards or backwards, and nothing else. */
function isRun(text: string): boolean {
  const rest = text.replace(/[^a-z0-9]/g, '');
  return rest.length > 0 && coveredBy(rest, (from) => longestRun(rest, from));
}

/** Common words, with digits and signs around and between them that add nothing to guess. */
function isMadeOfWords(text: string): boolean {
  const letters = text.replace(/\P{L}/gu, '');
  if (text === '') return false;
  if (letters.length < 3) return /^[\d\W_]*$/.test(text) && isDateOrNumber(text);
  const used = new Set<string>();
  const covered = coveredBy(letters, (from) => {
    const length = Math.max(longestWord(letters, from), longestRun(letters, from));
    used.add(letters.slice(from, from + length));
    return length;
  });
  // Four different words chosen at random are a fair password, however common each of them is.
  return covered && used.size <= 3;
}

/** Only digits and signs: telephone numbers, dates and counting are what people make of them. */
function isDateOrNumber(text: string): boolean {
  return text.replace(/\D/g, '').length < 16;
}

/** True when pieces found by `longest` (0 for none) cover the whole text, longest first at each place. */
function coveredBy(text: string, longest: (from: number) => number): boolean {
  let place = 0;
  while (place < text.length) {
    const length = longest(place);
    if (length === 0) return false;
    place += length;
  }
  return true;
}

function longestRun(text: string, from: number): number {
  let best = 0;
  for (const row of rows) {
    let start = row.indexOf(text[from]);
    while (start >= 0) {
      let length = 0;
      while (from + length < text.length && row[start + length] === text[from + length]) length++;
      best = Math.max(best, length);
      start = row.indexOf(text[from], start + 1);
    }
  }
  return best >= 4 ? best : 0;
}

function longestWord(text: string, from: number): number {
  for (let length = Math.min(longestKnown, text.length - from); length >= 3; length--) {
    if (words.has(text.slice(from, from + length))) return length;
  }
  return 0;
}

/** What stands before the first and after the last letter is a year or a sign, never a letter in disguise. */
function withoutEnds(text: string): string {
  return text.replace(/^[^\p{L}@$]+|[^\p{L}]+$/gu, '');
}

/** `p@ssw0rd` is `password`. */
function withoutLeet(text: string): string {
  return text.replace(/[@4310$5!7+8]/g, (sign) => leet[sign] ?? sign);
}

const leet: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '8': 'b',
};

const forwards = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'qwertzuiopasdfghjklyxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
  '1a2z3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujm',
  'azqswxedcrfvtgbyhnujikolpm',
  'a1b2c3d4e5f6g7h8i9',
  '147258369',
  '123qwe456rty',
  '123qweasdzxc',
  '123azeqsdwxc',
];
const rows = [...forwards, ...forwards.map((row) => [...row].reverse().join(''))];

const words = new Set(
  `
  password passwords passwort passwd pass word motdepasse mdp secret secrete secrets private prive
  admin admins administrator administrateur administrator root user users utilisateur guest invite test tests
  testing tester demo default changeme change changez changer modifier temp temporary temporaire login logon signin
  connexion access acces account compte welcome bienvenue hello bonjour bonsoir salut hola letmein let me in open
  sesame please merci thanks qwerty qwertz azerty keyboard clavier computer ordinateur internet online office
  bureau windows microsoft google apple android iphone samsung facebook twitter instagram linkedin youtube amazon
  company entreprise societe business travail work job carnet contact contacts directory annuaire server serveur
  system systeme network reseau security securite backup master monkey singe dragon shadow ombre superman batman
  spiderman starwars pokemon naruto mickey mario zelda minecraft fortnite roblox football foot soccer baseball
  basketball hockey tennis rugby golf cricket arsenal chelsea liverpool barcelona madrid juventus marseille paris
  psg lyon france francais francaise london londres england america canada quebec quebecois montreal toronto
  bruxelles belgique suisse geneve lausanne berlin madrid italia roma newyork texas california
  sunshine soleil moonlight lune star stars etoile etoiles sky ciel ocean mer beach plage flower flowers fleur
  fleurs rose roses princess princesse queen reine king roi prince angel angels ange anges baby bebe love loves
  loving lover amour amours iloveyou loveyou love you jetaime je taime aime heart coeur forever toujours always
  family famille maman papa mother father mere pere brother sister frere soeur friend friends ami amis amie copain
  doudou loulou loulous nounours chouchou chaton chat chien chiens cats dogs kitty cat dog puppy horse cheval
  tiger tigre lion lions eagle aigle wolf loup panther dauphin dolphin butterfly papillon rabbit lapin
  michael jennifer jordan michelle charlie thomas daniel jessica ashley andrew matthew joshua robert nicole hunter
  harley maggie buster ginger pepper george nicolas julien camille marine pierre antoine alexandre alexandra
  sebastien guillaume maxime romain vincent olivier isabelle caroline stephane philippe catherine christine
  caramel chocolat chocolate vanille vanilla banana banane orange cookie cookies coffee cafe cheese fromage bacon
  summer ete winter hiver spring printemps autumn automne january janvier february fevrier march mars april avril
  may mai june juin july juillet august aout september septembre october octobre november novembre december
  decembre monday lundi tuesday mardi wednesday mercredi thursday jeudi friday vendredi saturday samedi sunday
  dimanche today demain tomorrow birthday anniversaire christmas noel vacances holiday holidays
  whatever trustnoone trust noone nothing something anything everything rien tout jesus christ god dieu bible
  heaven paradise paradis freedom liberte liberty peace paix power puissance magic magique music musique guitar
  guitare dance danse happy heureux smile sourire lucky chance money argent gold golden silver diamond diamant
  matrix terminator gandalf hobbit harrypotter harry potter ferrari porsche mercedes mustang corvette yamaha honda
  toyota renault peugeot citroen red rouge blue bleu green vert black noir white blanc yellow jaune purple violet
  pink super mega ultra best meilleur cool awesome amazing number one two three four five un deux trois quatre cinq
  new nouveau nouvelle old my mon ma mes the and les des the this that your our for is am are yes oui non not no to
  strong fort forte safe secure long short great good bad fuck fucking fuckyou fuckoff bitch shit merde putain
  connard salope sexy hot pussy killer assassin ninja samurai pirate hacker
  abc abcd xyz xxx qwe asd zxc aze qsd wxc
  correcthorsebatterystaple
  `
    .split(/\s+/)
    .filter((word) => word.length >= 2),
);
const longestKnown = Math.max(...[...words].map((word) => word.length));
