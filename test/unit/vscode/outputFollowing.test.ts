import assert from 'node:assert/strict';
import { afterScroll, type Following } from '../../../src/vscode/output/following.ts';

describe('An editor of output that grows', () => {
  /** What it is after each look at lines `first` to `last` of a document of `end` lines. */
  function after(
    start: Following,
    ...views: readonly (readonly [first: number, last: number, end: number])[]
  ): Following {
    let now = start;
    let before: number | undefined;
    for (const [first, last, end] of views) {
      now = afterScroll(now, before, { first, last, end });
      before = first;
    }
    return now;
  }

  it('goes on at the end when more text pushes the end out of sight', () => {
    assert.equal(after('following', [70, 100, 100], [70, 100, 140], [110, 140, 140]), 'following');
  });

  it('stays where the person scrolled up to, however much comes', () => {
    assert.equal(after('following', [70, 100, 100], [40, 70, 100], [40, 70, 300]), 'scrolled');
  });

  it('is not taken for scrolled when VS Code moves it a line or two', () => {
    assert.equal(after('following', [70, 100, 100], [68, 98, 110], [80, 110, 110]), 'following');
  });

  it('follows again when the person is back at the end', () => {
    assert.equal(after('scrolled', [40, 70, 100], [60, 90, 100]), 'scrolled', 'not there yet');
    assert.equal(after('scrolled', [40, 70, 100], [70, 99, 100]), 'following');
  });

  it('is not taken for scrolled when lines above have gone', () => {
    const view = { first: 20, last: 50, end: 90 };
    assert.equal(afterScroll('following', undefined, view), 'following');
    assert.equal(afterScroll('following', 60, view), 'scrolled');
  });

  it('stays off when the person switched it off, also at the end', () => {
    assert.equal(after('off', [70, 100, 100], [40, 70, 100], [70, 100, 100]), 'off');
  });
});
