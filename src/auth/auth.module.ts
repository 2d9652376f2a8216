import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AccountEvents } from '../accounts/events.js';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { AccessGuard } from './access.guard.js';
import { AccountClosingController, AccountReopeningController } from './account-closing.controller.js';
import { ActivationController } from './activation.controller.js';
import { Activations } from './activation.service.js';
import { DeviceCookie } from './device-cookie.js';
import { EmailChangeController, EmailConfirmationController } from './email-change.controller.js';
import { EmailChanges } from './email-change.service.js';
import { Founding } from './founding.service.js';
import { HeldAddresses } from './held-address.service.js';
import { MovingController } from './moving.controller.js';
import { Movings } from './moving.service.js';
import { MyDataController } from './my-data.controller.js';
import { MyData } from './my-data.service.js';
import { SignInPassport } from './passport.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResets } from './password-reset.service.js';
import { Passwords } from './passwords.service.js';
import { ProfileController } from './profile.controller.js';
import { Profiles } from './profile.service.js';
import { SessionCounts } from './session-counts.js';
import { Sessions } from './sessions.service.js';
import { SetupController } from './setup.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SignIns } from './sign-in.service.js';
import { Throttle } from './throttle.service.js';
import { TokenDoor } from './token-door.js';

/** Who is here and what they may open: sessions, passwords, invitations taken up, one's own profile. */
@Module({
  imports: [AccountsModule],
  controllers: [
    ...[SignInController, SetupController, ActivationController, MovingController],
    ...[PasswordResetController, ProfileController, MyDataController],
    ...[AccountClosingController, AccountReopeningController],
    // In this order: the token of a mail is any word below /profile/email.
    ...[EmailChangeController, EmailConfirmationController],
  ],
  providers: [
    ...[
      Activations,
      DeviceCookie,
      EmailChanges,
      Founding,
      HeldAddresses,
      Movings,
      MyData,
      PasswordResets,
      Passwords,
      Profiles,
      SessionCounts,
      Sessions,
      SignInPassport,
    ],
    ...[SignIns, Throttle, TokenDoor],
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Founding, Passwords, SessionCounts, Sessions, SignIns, SignInPassport, Throttle, TokenDoor],
})
export class AuthModule implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('sessions.sweep', every.quarterHour, () => this.sessions.sweep());
    this.sweeper.register('throttle.sweep', every.quarterHour, () => this.throttle.sweep());
    this.events.accessEnded.subscribe(({ manager, userIds }) => this.sessions.endAll(manager, ...userIds));
    this.events.erased.subscribe(({ manager, userIds }) => this.sessions.endAll(manager, ...userIds));
  }
}
