/** `10:31:05`, with its day where that is another than today's. */
export function clockTime(at: number, now: number): string {
  const time = new Date(at);
  const clock = time.toLocaleTimeString('en-GB');
  return time.toDateString() === new Date(now).toDateString()
    ? clock
    : `${clock} on ${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}`;
}
