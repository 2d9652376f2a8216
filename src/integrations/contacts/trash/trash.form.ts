/** Ticked contacts of the bin. */
export class CloudTrashForm {
  ids: string[] = [];

  /** The whole bin instead. */
  all = false;

  /** The sentence on the page that asks was agreed with. */
  confirmed = false;

  /** The question was on the page this form comes from. */
  asked = false;
}
