/** What a customer hands over the counter. */
export interface Parcel {
  readonly grams: number;
  /** Two capital letters, as in ISO 3166. */
  readonly country: string;
  readonly insured: boolean;
}

/** How far a country is from the counter, as the price list has it. */
export type Zone = 'home' | 'near' | 'far';
