import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as breaker from '../../../../src/core/models/governor/breaker.ts';
import * as concurrency from '../../../../src/core/models/governor/concurrency.ts';
import { DEFAULT_CONCURRENCY } from '../../../../src/core/models/modelHost.ts';
import { DEFAULT_IN_PLACE_MS } from '../../../../src/core/models/governor/governor.ts';
import { KEPT_MS } from '../../../../src/core/models/governor/promises.ts';
import { DEFAULT_MAX_WAIT_MS } from '../../../../src/core/models/failures/remedy.ts';
import { detectionTable, remedyTable, rowsOf } from './tables.ts';

const PAGE = fs.readFileSync('docs/failures.md', 'utf8');

describe('docs/failures.md', () => {
  it('has the rules by which failures are recognised, in their order', () => {
    const rows = rowsOf(detectionTable());
    const at = rowsOf(PAGE).indexOf(rows[0] ?? '');
    assert.deepEqual(rowsOf(PAGE).slice(at, at + rows.length), rows);
  });

  it('has what is done about each', () => {
    const rows = rowsOf(remedyTable());
    const at = rowsOf(PAGE).indexOf(rows[0] ?? '');
    assert.deepEqual(rowsOf(PAGE).slice(at, at + rows.length), rows);
  });

  it('has the numbers of the governor', () => {
    for (const words of [
      `starts at ${concurrency.START}`,
      `at most once in ${concurrency.CUT_PAUSE_MS / 1000} s`,
      `never below ${concurrency.FLOOR}`,
      `ceiling of the account (${DEFAULT_CONCURRENCY}`,
      `after ${breaker.OPENS_AFTER} failures in a row`,
      `${breaker.FIRST_REST_MS / 1000} s, doubling up to ${breaker.LONGEST_REST_MS / 1000} s`,
      `Up to ${DEFAULT_IN_PLACE_MS / 1000} s`,
      `for ${KEPT_MS / 1000} s`,
      `${DEFAULT_MAX_WAIT_MS / 60_000} minutes`,
    ]) {
      assert.ok(PAGE.includes(words), words);
    }
  });
});
