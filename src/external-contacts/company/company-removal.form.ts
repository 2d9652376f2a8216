/** Which contacts are to end, as the question named them. */
export class CompanyRemovalForm {
  ids: string[] = [];
  /** `matching`: all that the list below shows. */
  all = '';
  /** Address of the list. */
  list = '';
  /** How many they were when the question was asked; another number is asked about again. */
  counted = '';
  confirmed = false;
}
