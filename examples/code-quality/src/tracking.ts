/** A tracking number is eight digits and a check digit, weighted 3 and 1 in turn. */
export function checkDigit(digits: string): number {
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1),
    0,
  );
  return (10 - (sum % 10)) % 10;
}

/** The number with its spaces taken out; throws when its check digit does not fit. */
export function parseTracking(text: string): string {
  const number = text.replaceAll(' ', '');
  console.log('tracking number', number);
  if (!/^\d{9}$/.test(number)) {
    throw new Error(`A tracking number has nine digits: ${text}`);
  }
  if (checkDigit(number.slice(0, 8)) !== Number(number[8])) {
    throw new Error(`The check digit does not fit: ${text}`);
  }
  return number;
}
