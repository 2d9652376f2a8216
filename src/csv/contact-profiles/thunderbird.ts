import { type ContactColumn } from '../contact-columns.js';
import { type Profile } from '../profile.js';

export const thunderbirdProfiles: Profile<ContactColumn>[] = [];
