/** How often the mapping jobs run, in every host: a server's loop, and the timer of a Functions app. */

/** From the start of one round to the start of the next. */
export const jobRoundMs = 30_000;
