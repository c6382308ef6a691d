/** A room, taken for a while. */
export interface Booking {
  readonly room: string;
  /** As `2026-03-02`. */
  readonly day: string;
  /** Minutes from midnight. */
  readonly from: number;
  /** Minutes from midnight; the first that is free again. */
  readonly to: number;
  readonly who: string;
}

/** When rooms can be booked, in minutes from midnight. */
export const OPENS = 8 * 60;
export const CLOSES = 18 * 60;

/** The bookings and one more, at the end. @throws RangeError where it cannot be */
export function withBooking(bookings: readonly Booking[], booking: Booking): readonly Booking[] {
  const { room, day, from, to } = booking;
  if (from >= to || from < OPENS || to > CLOSES) {
    throw new RangeError('Rooms are open from 08:00 to 18:00.');
  }
  const other = bookings.find(
    (one) => one.room === room && one.day === day && one.from < to && from < one.to,
  );
  if (other !== undefined) {
    throw new RangeError(`${room} is taken by ${other.who} then.`);
  }
  return [...bookings, booking];
}
