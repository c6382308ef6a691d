import type { Zone } from './parcel.ts';

const zones: Record<string, Zone> = {
  NL: 'home',
  BE: 'near',
  DE: 'near',
  LU: 'near',
  JP: 'far',
  US: 'far',
};

/** The zone of a country; what is not on the price list is far. */
export function zoneOf(country: string): Zone {
  return zones[country.toUpperCase()];
}
