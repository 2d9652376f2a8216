/* Made-up people in the shapes of real ones: names in eight languages, accents, particles, E.164 numbers. */

const names = [
  [
    ['Chloé', 'Noémie', 'Jean-François', 'Élodie', 'Zoé', 'Loïc'],
    ['Colin', 'Le Guen', 'du Châtelet', 'Benoît', 'Lefèvre', 'Œuvrard'],
  ],
  [
    ['Lükas', 'Jürgen', 'Käthe', 'Karl-Heinz', 'Björn'],
    ['Schröder', 'Strauß', 'Müller', 'Weiß', 'von der Heide'],
  ],
  [
    ['Văn Hùng', 'Tuấn Anh', 'Thị Mai', 'Quốc'],
    ['Bùi', 'Nguyễn', 'Đỗ', 'Trần', 'Phạm'],
  ],
  [
    ['Łukasz', 'Agnieszka', 'Małgorzata', 'Paweł'],
    ['Wójcik', 'Kowalczyk', 'Żak', 'Błaszczyk'],
  ],
  [
    ['Søren', 'Åsa', 'Ingrid', 'Øyvind'],
    ['Nygård', 'Sørensen', 'Ångström', 'Bjørnstad'],
  ],
  [
    ['敏', '伟', '静'],
    ['司马', '欧阳', '王'],
  ],
  [
    ['Noah', 'Aoife', 'Harry', 'Siobhán'],
    ['de Vere', 'Davies', 'Le Fanu', 'O’Brien', 'Smith-Jones'],
  ],
  [
    ['María José', 'Íñigo', 'Lucía'],
    ['Hernández', 'Ibáñez', 'Núñez', 'de la Peña'],
  ],
];
const departments = [
  'Support client',
  'Ressources humaines',
  'Direction générale',
  'Qualité',
  'Production',
  'R&D',
  'Juridique',
  'Marketing',
  'Finance',
  'Logistique',
  'Achats',
  'Ventes',
];
const titles = [
  'Juriste',
  'Contrôleur de gestion',
  'Développeur',
  'Office manager',
  'Key account manager',
  'Supply chain planner',
  'Ingénieure',
  'Chef de projet',
];
const places = [
  'Köln',
  'München',
  'London',
  'Beirut',
  'New York',
  'México D.F.',
  'Paris',
  'Lyon',
  'Hà Nội',
  'Kraków',
  'Oslo',
  'Sevilla',
];

export const header = 'Email,First Name,Last Name,Department,User Group,Chat Group,Job Title,Location,Phone';

/** The same people at every run. @returns {Generator<string[]>} cells in the order of `header` */
export function* people(count) {
  const random = sequence(20_261_122);
  const pick = (list) => list[Math.floor(random() * list.length)];
  for (let i = 0; i < count; i++) {
    const [given, family] = pick(names);
    const [givenName, familyName] = [pick(given), pick(family)];
    const department = pick(departments);
    yield [
      `person.${i}@bench.example.test`,
      givenName,
      familyName,
      department,
      `${department} – équipe ${1 + Math.floor(random() * 5)}`,
      `chat-${1 + Math.floor(random() * 60)}`,
      pick(titles),
      pick(places),
      random() < 0.1 ? '' : `+336${String(10_000_000 + Math.floor(random() * 89_999_999))}`,
    ];
  }
}

/** The people as a CSV file of our own form. */
export function csvOf(count) {
  const lines = [header];
  for (const cells of people(count)) lines.push(cells.map(quoted).join(','));
  return Buffer.from(lines.join('\r\n') + '\r\n');
}

function quoted(cell) {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Mulberry32: small, even, and the same everywhere. */
function sequence(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
