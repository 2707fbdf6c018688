/** RFC 3339 in UTC with whole seconds, as Kubernetes writes its timestamps. */
export const timestamp = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** The time of day, for sentences: it does not change while one waits, as "12 s more" would. */
export const clockTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(11, 19)} UTC`;
