import type { Range } from '../domain/diagnostic.ts';

/** Something that can be written where the caret stands. */
export interface Completion {
  readonly label: string;
  readonly kind:
    | 'field'
    | 'value'
    | 'agent'
    | 'step'
    | 'workflow'
    | 'file'
    | 'input'
    | 'model'
    | 'name'
    | 'function';
  /** One line beside the label. */
  readonly detail: string;
  /** Plain text. */
  readonly documentation: string;
  /** What stands in the range is compared with it. */
  readonly filterText: string;
  readonly insertText: string;
  /** What is replaced, on the caret's line. */
  readonly range: Range;
  /** Completions are shown in the order of these. */
  readonly sortText: string;
  /** True where more can be offered right behind it. */
  readonly goesOn: boolean;
}

/** A completion before it is known where it goes. */
export type Offer = Pick<Completion, 'label' | 'kind'> &
  Partial<Pick<Completion, 'detail' | 'documentation' | 'insertText' | 'goesOn'>>;

/** In the order given. */
export function completionsOf(offers: readonly Offer[], range: Range): Completion[] {
  return offers.map((offer, index) => ({
    detail: '',
    documentation: '',
    filterText: offer.label,
    insertText: offer.label,
    goesOn: false,
    ...offer,
    range,
    sortText: String(index).padStart(5, '0'),
  }));
}
