import { withBooking, type Booking } from './bookings.ts';
import { formatTime, parseTime } from './time.ts';

/** What the desk knows. */
export interface Desk {
  readonly rooms: readonly string[];
  /** In the order they were made. */
  readonly bookings: readonly Booking[];
}

/** What a command comes to. */
export interface Outcome {
  readonly desk: Desk;
  /** Lines for the person who asked. */
  readonly said: readonly string[];
}

const USAGE = `Usage: desk list <day>
       desk book <room> <day> <from> <to> <who>`;

/** Does one command. @throws RangeError with a message for the person who asked */
export function run(desk: Desk, args: readonly string[]): Outcome {
  const [command, ...rest] = args;
  switch (command) {
    case 'list':
      return list(desk, rest);
    case 'book':
      return book(desk, rest);
    default:
      throw new RangeError(USAGE);
  }
}

function list(desk: Desk, [day = '']: readonly string[]): Outcome {
  const said = desk.bookings
    .filter((booking) => booking.day === day)
    .map(({ room, from, to, who }) => `${room} ${formatTime(from)}-${formatTime(to)} ${who}`);
  return { desk, said };
}

function book(desk: Desk, args: readonly string[]): Outcome {
  const [room = '', day = '', from = '', to = '', who = ''] = args;
  if (!desk.rooms.includes(room) || who === '') {
    throw new RangeError(USAGE);
  }
  const booking = { room, day, from: parseTime(from), to: parseTime(to), who };
  return {
    desk: { ...desk, bookings: withBooking(desk.bookings, booking) },
    said: [`${room} is booked for ${who}.`],
  };
}
