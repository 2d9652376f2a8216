import { Description } from './description.js';

export const calendar = new Description('calendar-v3.json');
export class Diary {
  constructor() {}
}
