/** Minutes from midnight to a time such as `09:30`. @throws RangeError */
export function parseTime(text: string): number {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === '') {
    throw new RangeError(`"${text}" is no time such as 09:30.`);
  }
  return Number(hours) * 60 + Number(minutes);
}

/** The time so many minutes after midnight. */
export function formatTime(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
