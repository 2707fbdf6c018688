/** Constructs keeps children in a plain object of JavaScript, in which this key is taken. */
const TAKEN = 'constructor';

/** The id of a construct that goes by a name which whoever plays the game may choose: the name itself, but for the one that is taken. */
export const constructId = (name: string, what: string): string => (name === TAKEN ? `${name}.${what}` : name);
