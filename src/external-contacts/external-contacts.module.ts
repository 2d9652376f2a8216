import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { PersonRecords } from '../accounts/person-records.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { BlocksController } from './blocks/blocks.controller.js';
import { Blocks } from './blocks/blocks.service.js';
import { ExternalCardController } from './card/external-card.controller.js';
import { ExternalCards } from './card/external-card.query.js';
import { CompanyContactsController } from './company/company-contacts.controller.js';
import { CompanyContacts } from './company/company-contacts.query.js';
import { CompanyRemovalController } from './company/company-removal.controller.js';
import { CompanyRemovalsQuery } from './company/company-removals.query.js';
import { CompanyRemovals } from './company/company-removals.service.js';
import { CompanyRequestsController } from './company/company-requests.controller.js';
import { CompanyRequests } from './company/company-requests.query.js';
import { CompanySeams } from './company/company-seams.service.js';
import { CompanyWithdrawals } from './company/company-withdrawals.service.js';
import { ExternalFoldersController } from './folders/external-folders.controller.js';
import { ExternalFolders } from './folders/external-folders.service.js';
import { ExternalOnHome } from './home/external-on-home.service.js';
import { ExternalLinks } from './links/external-links.service.js';
import { KnownExternalContacts } from './links/known-contacts.query.js';
import { OtherPeople } from './links/other-people.query.js';
import { ExternalActs } from './list/external-acts.service.js';
import { ExternalExportsController } from './list/external-exports.controller.js';
import { ExternalListController } from './list/external-list.controller.js';
import { ExternalSelectionController } from './list/external-selection.controller.js';
import { KeptContacts } from './list/kept-contacts.query.js';
import { Acceptances } from './requests/acceptances.service.js';
import { AnswerUndo } from './requests/answer-undo.service.js';
import { MovedExternalPeople } from './moving/moved-people.service.js';
import { ExternalRecords } from './records/external-records.js';
import { Asking } from './requests/asking.service.js';
import { SaidAtOnce } from './requests/at-once.query.js';
import { Colleagues } from './requests/colleagues.js';
import { ConfirmController } from './requests/confirm.controller.js';
import { Confirmations } from './requests/confirmations.service.js';
import { RequestDelivery } from './requests/delivery.service.js';
import { InviteController } from './requests/invite.controller.js';
import { Receivers } from './requests/receivers.query.js';
import { RequestLinks } from './requests/request-links.js';
import { RequestMails } from './requests/request-mails.service.js';
import { Sendings } from './requests/sendings.service.js';
import { SentActs } from './requests/sent-acts.service.js';
import { SentController } from './requests/sent.controller.js';
import { SentRequests } from './requests/sent-requests.query.js';
import { ReceivedAnswers } from './requests/received-answers.service.js';
import { ReceivedRequests } from './requests/received-requests.query.js';
import { ReceivedController } from './requests/received.controller.js';
import { ErasedExternalPeople } from './retention/erased-people.service.js';
import { KeptForDays } from './retention/kept-for-days.service.js';
import { OwnExternalDataController } from './retention/own-external-data.controller.js';
import { OwnExternalData } from './retention/own-external-data.service.js';
import { RequestExpiry } from './retention/request-expiry.service.js';
import { SignUpController } from './signup/signup.controller.js';
import { SignUps } from './signup/signups.service.js';
import { ExternalUndoController } from './undo/external-undo.controller.js';
import { ExternalUndo } from './undo/external-undo.service.js';

/** People of other companies: asked, accepted, kept, and what companies allow of it. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [
    BlocksController,
    ConfirmController,
    InviteController,
    SentController,
    ReceivedController,
    SignUpController,
    OwnExternalDataController,
    ...[ExternalFoldersController, ExternalExportsController, ExternalListController],
    ...[ExternalSelectionController, ExternalUndoController],
    ...[CompanyContactsController, CompanyRemovalController, CompanyRequestsController],
    // Last: the addresses of one contact.
    ExternalCardController,
  ],
  providers: [
    ExternalOnHome,
    ExternalRecords,
    ...[ExternalActs, ExternalCards, ExternalFolders, ExternalUndo, KeptContacts],
    ...[Acceptances, AnswerUndo, Blocks, Confirmations, ReceivedAnswers, ReceivedRequests],
    ...[Asking, SaidAtOnce, SentActs, SentRequests, Sendings],
    ...[RequestDelivery, Receivers, RequestLinks, RequestMails],
    ...[ErasedExternalPeople, KeptForDays, OwnExternalData, RequestExpiry],
    ...[CompanyContacts, CompanyRemovals, CompanyRemovalsQuery, CompanyRequests],
    ...[CompanySeams, CompanyWithdrawals],
    ...[ExternalLinks, KnownExternalContacts, OtherPeople, Colleagues, SignUps, MovedExternalPeople],
  ],
  exports: [Colleagues, KnownExternalContacts],
})
export class ExternalContactsModule implements OnModuleInit {
  constructor(
    private readonly records: PersonRecords,
    private readonly externalRecords: ExternalRecords,
  ) {}

  onModuleInit(): void {
    this.records.offer(this.externalRecords);
  }
}
