/** Contacts of one comparison: more than these are nobody's idea of one person, and their form would have no end. */
export const MOST_COMPARED = 20;

/** Merges of one press on "merge all": what one transaction does while somebody waits. */
export const MOST_AT_ONCE = 1_000;
