import { type ContactColumn } from '../contact-columns.js';
import { type Profile } from '../profile.js';

export const outlookProfiles: Profile<ContactColumn>[] = [];
