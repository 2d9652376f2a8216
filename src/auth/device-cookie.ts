import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { SecretKeys } from '../crypto/secret-keys.js';
import { type Id } from '../database/id.js';
import { cookiesOf } from '../web/cookies.js';

/** A browser somebody has signed in with before. */
export interface KnownDevice {
  userId: Id;
  deviceId: string;
}

/**
 * Remembers, signed, who signed in with a browser: its failures are counted apart, so that strangers who guess
 * at an address cannot lock its owner out. It opens nothing by itself.
 */
@Injectable()
export class DeviceCookie {
  private readonly name: string;
  private readonly secure: boolean;

  constructor(
    @Inject(ENVIRONMENT) environment: Environment,
    private readonly keys: SecretKeys,
  ) {
    this.secure = environment.secure;
    this.name = this.secure ? '__Host-carnet_device' : 'carnet_device';
  }

  read(request: Request): KnownDevice | null {
    const [userId, deviceId, signature] = (cookiesOf(request).get(this.name) ?? '').split('.');
    if (!userId || !deviceId || !signature) return null;
    return this.keys.verify('device', `${userId}.${deviceId}`, signature) ? { userId, deviceId } : null;
  }

  give(request: Request, userId: Id): void {
    const known = this.read(request);
    const deviceId = known?.userId === userId ? known.deviceId : randomBytes(16).toString('base64url');
    const text = `${userId}.${deviceId}`;
    request.res?.cookie(this.name, `${text}.${this.keys.sign('device', text)}`, {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.secure,
      path: '/',
      maxAge: 365 * 24 * 60 * 60 * 1000,
    });
  }
}
