import { readFileSync } from 'node:fs';
import { headerKey } from './header-names.js';
import { isExampleRow, recognise } from './profiles.js';
import { userFields, userHeaders, userProfiles } from './user-profiles.js';

const users = (header: string) => recognise(header.split(','), 'users');

/** Header names as CSV-PROFILES.md quotes them, with what each column becomes. */
const GOOGLE =
  'First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee Type,Employee Title,Manager Email,Department,Cost Center,Building ID,Floor Name,Floor Section,Change Password at Next Sign-In,New Status [UPLOAD ONLY],Advanced Protection Program enrollment';
const MICROSOFT =
  'User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Alternate email address,Address,City,State or Province,ZIP or Postal Code,Country or Region';
const ENTRA =
  'Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department],Usage location [usageLocation]';

describe('recognise', () => {
  it.each([
    [
      'carnet-en',
      'Email,First Name,Last Name,Department,Manager,User Group,Chat Group,Job Title,Location,Phone',
    ],
    [
      'carnet-fr',
      'E-mail,Prénom,Nom,Service,Responsable,Groupe d’utilisateurs,Groupe de discussion,Intitulé du poste,Emplacement,Téléphone',
    ],
    ['zoom-en', 'Email,First Name,Last Name,Department,User Group,IM Group,Job Title,Location'],
    [
      'zoom-fr',
      "E-mail,Prénom,Nom,Service,Groupe d'utilisateurs,Groupe de discussion,Intitulé du poste,Emplacement",
    ],
    [
      'zoom-guide',
      'email,first_name,last_name,group_name,department,job_title,location,phone_number,cost_center',
    ],
    ['google-workspace', GOOGLE],
    ['microsoft-365', MICROSOFT],
    ['microsoft-365', MICROSOFT.replace('Alternate email address,', '')],
    ['entra', ENTRA],
    ['generic-fr', 'Nom,Prénom,Courriel,Fonction,Portable,Site'],
    ['generic-en', 'Surname,Given Name,Mail,Position,Cell'],
    [null, 'x,y,z'],
  ])('%s', (profile, header) => {
    const found = users(header);
    expect(found.profile).toBe(profile);
    expect(found.score).toBe(profile ? 1 : 0);
  });

  it('maps our own files whole, in both languages, and leaves out what an import does not take', () => {
    for (const locale of ['en', 'fr'] as const) {
      const found = recognise(Object.values(userHeaders[locale]), 'users');
      expect(found).toMatchObject({ profile: `carnet-${locale}`, locale });
      expect(found.columns).toEqual([...userFields, null, null, null, null, null, null]);
      expect(found.ignored.map(({ why }) => why)).toEqual(Array(6).fill('not-taken'));
    }
  });

  it('maps the older name of chat groups', () => {
    const header = readFileSync('test/data/users-2000.csv', 'utf8').split('\n')[0];
    expect(users(header)).toMatchObject({
      profile: 'zoom-en',
      columns: [
        'email',
        'givenName',
        'familyName',
        'department',
        'userGroups',
        'chatGroups',
        'jobTitle',
        'location',
        'workPhone',
      ],
      ignored: [],
    });
  });

  it('maps Google Workspace, and never its passwords', () => {
    const { columns, ignored } = users(GOOGLE);
    const taken = Object.fromEntries(columns.flatMap((field, index) => (field ? [[field, index]] : [])));
    expect(taken).toEqual({
      givenName: 0,
      familyName: 1,
      email: 2,
      workPhone: 11,
      mobilePhone: 13,
      jobTitle: 18,
      manager: 19,
      department: 20,
    });
    expect(ignored.filter(({ why }) => why === 'secret').map(({ index }) => index)).toEqual([3, 4]);
    expect(ignored.filter(({ why }) => why === 'unknown')).toEqual([]);
  });

  it('maps Microsoft 365 and Entra', () => {
    expect(users(MICROSOFT).columns.slice(0, 9)).toEqual([
      'email',
      'givenName',
      'familyName',
      null,
      'jobTitle',
      'department',
      'location',
      'workPhone',
      'mobilePhone',
    ]);
    const { columns, ignored } = users(ENTRA);
    expect(columns).toEqual([
      null,
      'email',
      null,
      null,
      'givenName',
      'familyName',
      'jobTitle',
      'department',
      null,
    ]);
    expect(ignored[1]).toEqual({ index: 2, why: 'secret' });
  });

  it('knows the example row of Entra files alone', () => {
    expect(isExampleRow('users', 'entra', ['Example: Chris Green', 'chris@contoso.com'])).toBe(true);
    expect(isExampleRow('users', 'entra', ['Chris Green'])).toBe(false);
    expect(isExampleRow('users', 'generic-en', ['Example: Chris Green'])).toBe(false);
    expect(isExampleRow('users', null, ['Example:'])).toBe(false);
  });

  it('does not mind case, accents, spaces, marks, apostrophes and punctuation', () => {
    expect(
      recognise(
        ['\ufeff E-MAIL\u00a0', 'prenom ', 'NOM :', "Groupe d'utilisateurs", 'Tél.', 'intitule_du_poste'],
        'users',
      ).columns,
    ).toEqual(['email', 'givenName', 'familyName', 'userGroups', 'workPhone', 'jobTitle']);
  });

  it('never takes an ambiguous column, and proposes what it may be', () => {
    const { columns, ignored } = users('Nom,Prénom,Mail,Poste');
    expect(columns).toEqual(['familyName', 'givenName', 'email', null]);
    expect(ignored).toEqual([{ index: 3, why: 'ambiguous', proposals: ['jobTitle', 'extension'] }]);
  });

  it('never takes role, status, password or id, whatever the file', () => {
    const never = [
      'Role',
      'Rôle',
      'Status',
      'Statut',
      'Password',
      'Mot de passe',
      'ID',
      'User ID',
      'Identifiant',
      'Error',
      'Erreur',
      'Line',
      'Ligne',
      'Type',
    ];
    for (const base of ['Email,First Name,Last Name', 'E-mail,Prénom,Nom', MICROSOFT, GOOGLE])
      for (const name of never) {
        const { columns, ignored } = users(`${base},${name}`);
        expect(columns.at(-1)).toBeNull();
        expect(['secret', 'not-taken']).toContain(ignored.at(-1)?.why);
      }
  });

  it('uses a field once, and names the column that wanted it too', () => {
    expect(users('Téléphone,E-mail,Tél.,Nom,E-mail')).toMatchObject({
      columns: ['workPhone', 'email', null, 'familyName', null],
      ignored: [
        { index: 2, why: 'twice' },
        { index: 4, why: 'twice' },
      ],
    });
    // The profile's own name goes before a generic one that stands further left.
    expect(users(`Title,${MICROSOFT}`).columns.indexOf('jobTitle')).toBe(5);
  });

  it('asks the generic names for columns a person added to a program’s file', () => {
    const { profile, columns } = users(`${MICROSOFT},Manager,Poste interne,Foo`);
    expect(profile).toBe('microsoft-365');
    expect(columns.slice(-3)).toEqual(['manager', 'extension', null]);
  });

  it('passes over columns without a name', () => {
    expect(users('Email,, ').ignored).toEqual([
      { index: 1, why: 'unknown' },
      { index: 2, why: 'unknown' },
    ]);
  });

  it('is not fooled by names objects have', () => {
    expect(users('__proto__,constructor,toString').columns).toEqual([null, null, null]);
  });
});

it('has no name that means nothing once folded', () => {
  for (const { columns, markers = [] } of userProfiles) {
    expect(columns.has('')).toBe(false);
    for (const marker of markers) expect(columns.has(headerKey(marker))).toBe(true);
  }
});
