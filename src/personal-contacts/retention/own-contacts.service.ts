import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OwnData } from '../../accounts/own-data.js';

/** The contacts somebody keeps are among what they may take along. */
@Injectable()
export class OwnContacts implements OnModuleInit {
  constructor(private readonly own: OwnData) {}

  onModuleInit(): void {
    this.own.offer({
      labelKey: 'own-data.contacts',
      textKey: 'own-data.contacts-text',
      href: '/personal-contacts/export.vcf',
      feature: 'personal-contacts',
    });
  }
}
