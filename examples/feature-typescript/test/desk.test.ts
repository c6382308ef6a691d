import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, type Desk } from '../src/desk.ts';

const DAY = '2026-03-02';
const empty: Desk = { rooms: ['Attic', 'Cellar'], bookings: [] };

await test('a room is booked and listed', () => {
  const { desk, said } = run(empty, ['book', 'Attic', DAY, '09:00', '10:30', 'Ada']);
  assert.deepEqual(said, ['Attic is booked for Ada.']);
  assert.deepEqual(run(desk, ['list', DAY]).said, ['Attic 09:00-10:30 Ada']);
});

await test('a room that is taken is not given away', () => {
  const { desk } = run(empty, ['book', 'Attic', DAY, '09:00', '10:30', 'Ada']);
  assert.throws(() => run(desk, ['book', 'Attic', DAY, '10:00', '11:00', 'Grace']), /taken by Ada/);
  assert.ok(run(desk, ['book', 'Attic', DAY, '10:30', '11:00', 'Grace']));
});

await test('a command that is not known is told how it goes', () => {
  assert.throws(() => run(empty, ['sing']), /^RangeError: Usage: desk list/);
});
