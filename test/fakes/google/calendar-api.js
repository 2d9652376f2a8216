/** @type {Record<string, (ask: any) => any>} */
export const calendarMethods = {};
