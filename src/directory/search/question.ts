/** How one asks for somebody in a sentence, in the languages of the pages; apostrophes as keyboards and phones write them. */
const QUESTIONS =
  /^(?:who(?:['’]s| is| has| called from)|whose(?: number)? is|qui (?:est|a)|c['’]est qui|[aà] qui est|quel est)(?: (?:this|the number|number|le|ce num[eé]ro|le num[eé]ro))?[ :]+(?=\S)/iu;

/** What is looked for where a whole question was typed: “who is 06 12 34 56 78?” asks for the number. */
export function askedFor(q: string): string {
  const asked = q.replace(QUESTIONS, '');
  return asked === q ? q : asked.replace(/[\s?？]+$/u, '');
}
