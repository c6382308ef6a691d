import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_COPY_SETTINGS } from '../../../src/core/domain/copySettings.ts';
import { DEFAULT_LANDING_RULES } from '../../../src/core/domain/landing.ts';
import { ISOLATION_KEYS, readIsolation } from '../../../src/vscode/isolationRules.ts';
import { settings } from '../../../src/vscode/ids.ts';

describe('The settings of isolation', () => {
  const usual = {
    baseTree: 'worktree',
    landing: DEFAULT_LANDING_RULES,
    onCheckoutChange: 'stop',
    copies: DEFAULT_COPY_SETTINGS,
  } as const;

  it('have the defaults that runs have without a window', () => {
    assert.deepEqual(readIsolation({}), { settings: usual, problems: [] });
    const written = Object.fromEntries(ISOLATION_KEYS.map((key) => [key, settings[key].default]));
    assert.deepEqual(readIsolation(written), { settings: usual, problems: [] });
  });

  it('are read as they are written, with the globs of VS Code beside ours', () => {
    const read = readIsolation(
      {
        base: 'head',
        'git.branchPrefix': 'bots/sluice',
        'git.author': 'Ada Lovelace  <ada@example.org>',
        'checkout.onChange': 'tell',
        'copies.maxSizeMb': 1,
        'copies.include': ['.env.test', 'shared'],
        'copies.link': ['vendor'],
      },
      ['shared', '.env.local'],
    );
    assert.deepEqual(read, {
      problems: [],
      settings: {
        baseTree: 'head',
        landing: {
          prefix: 'bots/sluice',
          author: { name: 'Ada Lovelace', email: 'ada@example.org' },
        },
        onCheckoutChange: 'tell',
        copies: {
          maxBytes: 1024 * 1024,
          include: ['.env.test', 'shared', '.env.local'],
          link: ['vendor'],
        },
      },
    });
  });

  it('say what is wrong with each, and take the default in its place', () => {
    const { settings: read, problems } = readIsolation({
      base: 'main',
      'git.branchPrefix': 'ai generated',
      'git.author': 'Ada',
      'checkout.onChange': false,
      'copies.maxSizeMb': 0,
      'copies.include': 'a',
      'copies.link': [1],
    });
    assert.deepEqual(read, usual);
    assert.deepEqual(problems, [
      'sluice.base must be "worktree" or "head"; until then tasks begin with the working tree.',
      'sluice.checkout.onChange must be "stop" or "tell"; until then a run whose checkout changes is paused.',
      'sluice.copies.maxSizeMb must be a whole number from 1 to 1048576; until then it is 5120.',
      'sluice.copies.include must be a list of globs; until then it names none.',
      'sluice.copies.link must be a list of names or globs; until then node_modules and .venv are linked.',
      'sluice.git.branchPrefix "ai generated" has a blank or a control character in it, which Git or a file system does not take; until then branches begin with ai/generated.',
      'sluice.git.author "Ada" is no name and address such as Ada Lovelace <ada@example.org>; until then commits are by Sluice <sluice@localhost>.',
    ]);
  });

  it('take no author that would break the header of a commit', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, email) => {
        const { author } = readIsolation({ 'git.author': `${name} <${email}>` }).settings.landing;
        // eslint-disable-next-line no-control-regex -- they are what must not be there
        assert.doesNotMatch(author.name + author.email, /[<>\n\u0000]/);
        assert.notEqual(author.name.trim(), '');
      }),
    );
  });

  it('are read without a fault, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...ISOLATION_KEYS), fc.anything()), (written) => {
        assert.ok(readIsolation(written).problems.every((problem) => problem.endsWith('.')));
      }),
    );
  });
});
