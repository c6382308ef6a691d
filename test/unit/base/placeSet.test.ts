import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PlaceSet } from '../../../src/core/base/placeSet.ts';

describe('A set of places', () => {
  it('does what a set does, and tells the next place from anywhere', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 31, 32, 33, 1024, 1025, 40_000),
        fc.array(fc.tuple(fc.boolean(), fc.noBias(fc.nat())), { maxLength: 80 }),
        fc.array(fc.noBias(fc.nat()), { maxLength: 20 }),
        (limit, changes, looks) => {
          const places = new PlaceSet(limit);
          const plain = new Set<number>();
          for (const [isAdded, drawn] of changes) {
            // Few places, so that some are taken out again.
            const place = ((drawn % 40) * 997) % limit;
            if (isAdded) {
              places.add(place);
              plain.add(place);
            } else {
              places.delete(place);
              plain.delete(place);
            }
          }
          const sorted = [...plain].sort((a, b) => a - b);
          assert.equal(places.size, plain.size);
          for (const from of [
            0,
            limit - 1,
            limit,
            ...looks.map((look) => look % limit),
            ...sorted,
          ]) {
            assert.equal(places.has(from), plain.has(from));
            assert.equal(places.next(from), sorted.find((place) => place >= from) ?? -1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
