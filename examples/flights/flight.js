import { i16, struct, u16, u32, utf8 } from 'millrace/ring';

/** One message. Its fields stand in shared memory one after the other, and are read from there. */
export const Flight = struct({
  date: u32, // seconds since 1970, by the clock of the airport
  delay: i16, // minutes; negative when early
  distance: u16, // miles
  origin: utf8(3), // an airport's code, such as 'ORD'
  destination: utf8(3),
});
