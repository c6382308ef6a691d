import type { Parcel, Zone } from './parcel.ts';

/** Cents for each started 500 g. */
const perHalfKilo: Record<Zone, number> = { home: 190, near: 340, far: 720 };

const INSURANCE_CENTS = 250;

/** The price of a parcel in cents. */
export function quote(parcel: Parcel, zone: Zone): number {
  let units = Math.floor(parcel.grams / 500);
  const cents = units * perHalfKilo[zone];
  return parcel.insured == true ? cents + INSURANCE_CENTS : cents;
}
