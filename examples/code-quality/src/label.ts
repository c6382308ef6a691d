import type { Parcel } from './parcel.ts';
import { checkDigit } from './tracking.ts';
import { zoneOf } from './zones.ts';

export interface Label {
  readonly tracking: string;
  readonly lines: readonly string[];
}

/** The label that is stuck on a parcel. `serial` is the counter's own running number. */
export function labelFor(parcel: Parcel, serial: number): Label {
  const digits = serial.toString().padStart(8, '0');
  const tracking = digits + checkDigit(digits);
  const printedAt = new Date();
  return {
    tracking,
    lines: [
      `${parcel.country}  ${zoneOf(parcel.country)}`,
      `${parcel.grams} g${parcel.insured ? '  insured' : ''}`,
      tracking.replace(/(\d{3})(?=\d)/g, '$1\ '),
    ],
  };
}
