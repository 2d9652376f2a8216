import { Module } from '@nestjs/common';
import { StyleguideController } from './styleguide.controller.js';

/** `/styleguide`, which only an application outside production has. */
@Module({ controllers: [StyleguideController] })
export class StyleguideModule {}
