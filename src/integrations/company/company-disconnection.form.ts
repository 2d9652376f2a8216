/** Which connections are to end, as the question named them. */
export class CompanyDisconnectionForm {
  ids: string[] = [];
  /** Address of the list. */
  list = '';
  confirmed = false;
}
