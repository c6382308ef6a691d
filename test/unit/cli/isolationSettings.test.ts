import assert from 'node:assert/strict';
import { checkoutMark, checkoutText } from '../../../src/cli/checkoutLines.ts';
import { DEFAULT_ISOLATION, readIsolationSettings } from '../../../src/cli/isolationSettings.ts';
import { age } from '../../../src/cli/optionValues.ts';
import type { CheckoutChange } from '../../../src/core/domain/checkout.ts';
import { parseAuthor } from '../../../src/core/domain/isolation.ts';

describe('The settings of isolation', () => {
  it('are the usual ones where nothing is written', () => {
    assert.deepEqual(readIsolationSettings({}), { settings: DEFAULT_ISOLATION, problems: [] });
  });

  it('are as they are written', () => {
    const { settings, problems } = readIsolationSettings({
      base: 'head',
      'git.branchPrefix': 'robots/made',
      'git.author': 'Ada Lovelace <ada@example.org>',
      'checkout.onChange': 'tell',
      'copies.maxSizeMb': 100,
      'copies.include': ['.env'],
      'copies.link': [],
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, {
      baseTree: 'head',
      landing: {
        prefix: 'robots/made',
        author: { name: 'Ada Lovelace', email: 'ada@example.org' },
      },
      onCheckoutChange: 'tell',
      copies: { maxBytes: 100 * 1024 * 1024, include: ['.env'], link: [] },
    });
  });

  it('are told what is wrong with them, and the usual ones count', () => {
    const { settings, problems } = readIsolationSettings({
      base: 'tree',
      'git.branchPrefix': 'a..b',
      'git.author': 'ada',
      'checkout.onChange': true,
      'copies.maxSizeMb': 0.5,
      'copies.include': '.env',
      'copies.link': ['x', 3],
    });
    assert.deepEqual(settings, DEFAULT_ISOLATION);
    assert.deepEqual(problems, [
      'base must be "head" or "worktree"; until then "worktree" counts.',
      'git.branchPrefix cannot be "a..b": it has ".." in it, which Git reads as a range; until then "ai/generated" counts.',
      'git.author must be a name and an address, such as "Ada Lovelace <ada@example.org>"; until then "Sluice <sluice@localhost>" counts.',
      'checkout.onChange must be "stop" or "tell"; until then "stop" counts.',
      'copies.maxSizeMb must be a whole number from 1 to 1048576; until then 5120 counts.',
      'copies.include must be a list of names or globs, such as ["node_modules"]; until then [] counts.',
      'copies.link must be a list of names or globs, such as ["node_modules"]; until then ["node_modules",".venv"] counts.',
    ]);
  });

  it('take no author whom Git would not read back', () => {
    assert.deepEqual(parseAuthor(' Ada <a@b> '), { name: 'Ada', email: 'a@b' });
    for (const text of [
      'Ada',
      '<a@b>',
      'Ada <>',
      'A<da <a@b>',
      'Ada <a b>',
      '. <a@b>',
      'A\nB <a@b>',
    ]) {
      assert.equal(parseAuthor(text), undefined, text);
    }
  });
});

describe('An age', () => {
  it('is minutes, hours, days or weeks', () => {
    assert.deepEqual(
      ['30m', '12h', '30d', '2w'].map(age),
      [1_800_000, 43_200_000, 2_592_000_000, 1_209_600_000],
    );
    for (const text of ['30', 'd', '-1d', '1.5d', '30 d', '30s']) {
      assert.throws(() => age(text), /It must be minutes, hours, days or weeks/, text);
    }
  });
});

describe('What looking at the checkout has shown', () => {
  const looks = (count: number, changes: readonly CheckoutChange[] = [], more = 0) => ({
    checkout: { count, last: undefined, changes, more },
    phase: { kind: 'finished', status: 'succeeded', at: 0 } as const,
  });

  it('is nothing before somebody has looked', () => {
    assert.equal(checkoutMark(looks(0)), '');
    assert.equal(checkoutText(looks(0)), undefined);
  });

  it('is that it is untouched', () => {
    assert.equal(checkoutMark(looks(2)), 'checkout untouched');
    assert.equal(checkoutText(looks(2)), undefined);
  });

  it('is not told to be untouched while the run is on', () => {
    const active = { kind: 'active' } as const;
    assert.equal(checkoutMark({ ...looks(2), phase: active }), '');
    assert.equal(
      checkoutMark({ ...looks(2, [{ what: 'index' }]), phase: active }),
      'checkout changed',
    );
  });

  it('is what has changed, and that Sluice did not do it', () => {
    const changed = looks(
      1,
      [
        { what: 'branch', was: 'refs/heads/main', is: undefined },
        { what: 'commit', was: 'a'.repeat(40), is: undefined },
        { what: 'index' },
        { what: 'file', path: 'src/a.ts', how: 'changed', saved: true },
        { what: 'file', path: 'b\u001b[2J.ts', how: 'removed', saved: false },
        { what: 'file', path: 'c.ts', how: 'added', saved: false },
      ],
      3,
    );
    assert.equal(checkoutMark(changed), 'checkout changed');
    assert.equal(
      checkoutText(changed),
      'checkout changed while it ran: HEAD was on main and is on no branch, the commit was aaaaaaaaaa and is none, the index, src/a.ts changed, saved by you, b.ts removed, 4 more (Sluice did not do it)',
    );
  });
});
