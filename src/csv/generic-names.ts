/** What people call the same column of a French sheet, whoever is in it: users or contacts. */
export const frenchNames = {
  email: [
    ...['Courriel', 'E-mail', 'Email', 'Mail', 'Mél', 'Mel', 'Adresse électronique', 'Adresse e-mail'],
    ...['Adresse mail', 'Adresse de messagerie', 'Adresse courriel', 'E-mail professionnel'],
    'Mail professionnel',
  ],
  givenName: ['Prénom', 'Prénoms', 'Prénom usuel'],
};
