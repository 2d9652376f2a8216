/**
 * What a company may let its people's external contacts see, beside name, e-mail address and company: those are always
 * seen, for by them a request is recognised and a look-alike found out.
 */
export const outsiderFields = [
  'jobTitle',
  'photo',
  'workPhone',
  'extension',
  'mobilePhone',
  'department',
  'location',
] as const;
export type OutsiderField = (typeof outsiderFields)[number];

/** Of a company that has decided nothing. */
export const defaultOutsiderFields: readonly OutsiderField[] = ['jobTitle', 'photo', 'workPhone'];
