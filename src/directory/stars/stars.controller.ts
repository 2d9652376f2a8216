import { Controller, Param, Post } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { isId } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { Member } from '../../web/access.js';
import { redirect, refusal, type Message, type Redirect } from '../../web/answers.js';
import { StarForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { PeopleVisible } from '../people-visible.query.js';
import { Stars } from './stars.service.js';

/** The star of a colleague, in the list and on the card. Pressed again it is as before: nothing is there to undo. */
@Controller('contacts/:id/star')
@Member()
export class StarsController {
  constructor(
    private readonly people: PeopleVisible,
    private readonly stars: Stars,
  ) {}

  /** @throws NotFound for whom the viewer does not find */
  @Post()
  async press(
    @CurrentUser() viewer: SignedIn,
    @Param('id') id: string,
    @Submitted(StarForm) { form }: Submission<StarForm>,
  ): Promise<Redirect> {
    const name = isId(id) ? (await this.people.among(viewer, [id])).get(id) : undefined;
    if (name === undefined) throw new NotFound('contacts.not-found');
    // The browser comes back to the row, where the button was.
    const from = localPath(form.from)?.split('#')[0] ?? '/contacts';
    return redirect(`${from}#star-${id}`, await this.do(viewer, { id, name }, form.starred));
  }

  private async do(
    viewer: SignedIn,
    { id, name }: { id: string; name: string },
    starred: boolean,
  ): Promise<Message> {
    try {
      await (starred ? this.stars.give(viewer, id) : this.stars.take(viewer, id));
    } catch (error) {
      return refusal(error);
    }
    return { kind: 'success', key: starred ? 'contacts.starred' : 'contacts.unstarred', values: { name } };
  }
}
