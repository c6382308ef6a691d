import { labelFor, type Label } from './label.ts';
import type { Parcel } from './parcel.ts';
import { quote } from './rates.ts';
import { zoneOf } from './zones.ts';

export interface Receipt {
  readonly label: Label;
  readonly cents: number;
}

/** Takes a parcel in: price and label. */
export function accept(parcel: Parcel, serial: number): Receipt {
  return { label: labelFor(parcel, serial), cents: quote(parcel, zoneOf(parcel.country)) };
}

/** Takes in what the scale and the form of the counter say. */
export function acceptForm(form: { grams: string; country: string }, serial: number): Receipt {
  const parcel = { grams: form.grams, country: form.country, insured: false };
  return accept(parcel, serial);
}

/** What a parcel of one kilo costs, for the notice on the wall. */
export function wallPrice(country: string): number {
  return quote({ grams: 1000, country, insured: false });
}
