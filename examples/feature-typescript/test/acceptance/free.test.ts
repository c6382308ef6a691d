// What was asked for (request.md). It fails as long as nobody has built it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, type Desk } from '../../src/desk.ts';

const DAY = '2026-03-02';

function deskWith(...bookings: readonly (readonly [string, string, string])[]): Desk {
  return bookings.reduce<Desk>(
    (desk, [room, from, to]) => run(desk, ['book', room, DAY, from, to, 'Ada']).desk,
    { rooms: ['Attic', 'Cellar'], bookings: [] },
  );
}

await test('a room that nobody has booked is free all day', () => {
  assert.deepEqual(run(deskWith(), ['free', DAY, '60']).said, [
    'Attic 08:00-18:00',
    'Cellar 08:00-18:00',
  ]);
});

await test('a room is free between its bookings, before the first and after the last', () => {
  const desk = deskWith(['Attic', '09:00', '10:00'], ['Attic', '13:00', '17:00']);
  assert.deepEqual(run(desk, ['free', DAY, '60']).said, [
    'Attic 08:00-09:00',
    'Attic 10:00-13:00',
    'Attic 17:00-18:00',
    'Cellar 08:00-18:00',
  ]);
});

await test('in whatever order it was booked', () => {
  const desk = deskWith(['Attic', '13:00', '17:00'], ['Attic', '09:00', '10:00']);
  assert.deepEqual(run(desk, ['free', DAY, '60']).said.slice(0, 3), [
    'Attic 08:00-09:00',
    'Attic 10:00-13:00',
    'Attic 17:00-18:00',
  ]);
});

await test('a gap that is too short is left out', () => {
  const desk = deskWith(['Attic', '08:30', '18:00']);
  assert.deepEqual(run(desk, ['free', DAY, '45']).said, ['Cellar 08:00-18:00']);
});

await test('what is no number of minutes is refused', () => {
  for (const minutes of ['', '0', '-5', 'an hour', '1.5']) {
    assert.throws(() => run(deskWith(), ['free', DAY, minutes]), /minutes/, minutes);
  }
});
