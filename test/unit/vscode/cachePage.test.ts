import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEFAULT_CACHE_SETTINGS,
  type CacheCounts,
  type CacheStatistics,
} from '../../../src/core/domain/cache.ts';
import { cachePage, type CacheFacts } from '../../../src/vscode/cachePage.ts';

const NONE: CacheCounts = {
  hits: 0,
  misses: 0,
  coalesced: 0,
  evictions: 0,
  expirations: 0,
  damaged: 0,
  entries: 0,
  bytes: 0,
  saved: { ms: 0, calls: 0, tokens: 0, usd: 0 },
};

function page(change: Partial<CacheFacts>): string {
  return cachePage({
    folder: 'web-shop',
    place: '/work/web-shop/.git/sluice/cache',
    statistics: { total: NONE, namespaces: {}, agents: {} },
    settings: DEFAULT_CACHE_SETTINGS,
    problems: [],
    ...change,
  });
}

describe('The page about the cache', () => {
  const some: CacheCounts = {
    hits: 1200,
    misses: 28,
    coalesced: 12,
    evictions: 3,
    expirations: 2,
    damaged: 1,
    entries: 27,
    bytes: 3 * 1024 * 1024,
    saved: { ms: 41_000, calls: 312, tokens: 12_400, usd: 1.2 },
  };
  const statistics: CacheStatistics = {
    total: some,
    namespaces: {
      command_output: { ...NONE, misses: 4, entries: 4, bytes: 2048 },
      model_response: { ...some, misses: 0 },
    },
    agents: { eslint: { ...NONE, hits: 1, misses: 2, saved: { ...NONE.saved, ms: 900 } } },
  };

  it('begins with what was answered without work, and what that has saved', () => {
    const [title, summary] = page({ statistics }).split('\n\n');
    assert.equal(title, '# Cache: web\\-shop');
    assert.equal(
      summary,
      '**1,212 of 1,240 questions answered without work (97 %).** Saved: 41 s, 12,400 tokens, \\$1\\.20, 312 calls of models.',
    );
  });

  it('tells all that is counted, how much is kept and where', () => {
    assert.ok(
      page({ statistics }).includes(`
- Reused: 1,200
- Answered by the same question under way: 12
- Worked out: 28
- Kept now: 27 answers, 3 MB of 1 GB
- Given up for room: 3
- Stood their time: 2
- Damaged, dropped and never served: 1
- Lies in: \`/work/web-shop/.git/sluice/cache\`
`),
    );
  });

  it('has a table of namespaces and one of agents, whoever is asked most first', () => {
    const lines = page({ statistics }).split('\n');
    const tables = lines.filter((line) => line.startsWith('|'));
    assert.deepEqual(tables, [
      '| Namespace | Reused | Shared | Worked out | Rate | Kept | Size | Given up | Expired | Damaged | Saved |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| model\\_response | 1,200 | 12 | 0 | 100 % | 27 | 3 MB | 3 | 2 | 1 | 41 s, 12,400 tokens, \\$1\\.20, 312 calls of models |',
      '| command\\_output | 0 | 0 | 4 | 0 % | 4 | 2 KB | 0 | 0 | 0 |  |',
      '| Agent | Reused | Shared | Worked out | Rate | Kept | Size | Given up | Expired | Damaged | Saved |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| eslint | 1 | 0 | 2 | 33 % | 0 | 0 B | 0 | 0 | 0 | 1 s |',
    ]);
  });

  it('keeps looks at files apart from questions', () => {
    const file_read = { ...NONE, hits: 5000, misses: 100 };
    const shown = page({
      statistics: {
        ...statistics,
        total: some,
        namespaces: { ...statistics.namespaces, file_read },
      },
    });
    assert.match(shown, /^\*\*1,212 of 1,240 questions /m);
    assert.match(shown, /^- Reused: 1,200\n.*\n- Worked out: 28$/m);
    assert.match(shown, /^\| file\\_read \| 5,000 \| 0 \| 100 \| 98 % /m);
    assert.match(shown, /^`file_read` counts looks at files/m);
    assert.ok(!page({ statistics }).includes('counts looks at files'));
  });

  it('says that all was reused only where all was', () => {
    const almost = { ...NONE, hits: 9_999, misses: 1 };
    assert.match(page({ statistics: { ...statistics, total: almost } }), /\(99 %\)/);
  });

  it('of a cache that was never asked says how it comes to something', () => {
    const empty = page({});
    assert.match(empty, /^Nothing has been asked of it yet\. Run a workflow twice/m);
    assert.ok(!empty.includes('| --- |'), 'no table without rows');
    assert.ok(!empty.includes('Saved:'));
  });

  it('shows the settings that act, with the usual time where none is set', () => {
    const settings = {
      use: true,
      ttlMs: { web_search: 3_600_000, own: 90_500 },
      maxBytes: 2 ** 31,
    };
    const shown = page({ settings });
    assert.match(shown, /^- `sluice\.cache\.enabled`: on$/m);
    assert.match(shown, /^- `sluice\.cache\.maxSizeMb`: 2 GB$/m);
    assert.match(shown, /^ {2}- `model_response`: 24 h, as usual$/m);
    assert.match(shown, /^ {2}- `web_search`: 1 h$/m);
    assert.match(shown, /^ {2}- `own`: 90500 ms$/m);
    assert.ok(!shown.includes('The cache is off'));
    assert.match(page({ settings: { ...settings, use: false } }), /^\*\*The cache is off\*\*/m);
  });

  it('tells what is wrong in the settings before all else', () => {
    const [, problem] = page({ problems: ['sluice.cache.ttl is wrong.'] }).split('\n\n');
    assert.equal(problem, '**sluice\\.cache\\.ttl is wrong\\.**');
  });

  it('names what clears it and what goes without it', () => {
    for (const command of ['Clear Cache…', 'Run Workflow Without Cache', 'Re-run Without Cache']) {
      assert.ok(page({}).includes(`*Sluice: ${command}*`), command);
    }
  });

  it('has a row for each of many agents, up to where nobody reads on', () => {
    const agents = Object.fromEntries(
      Array.from({ length: 250 }, (_, n) => [`agent-${n}`, { ...NONE, misses: 1 }]),
    );
    const lines = page({ statistics: { total: NONE, namespaces: {}, agents } }).split('\n');
    assert.equal(lines.filter((line) => line.startsWith('| agent')).length, 200);
    assert.ok(lines.some((line) => line.startsWith('And 50 more: ')));
  });

  it('keeps its tables whole, whatever agents and namespaces are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const lines = page({
          folder: name,
          statistics: { total: NONE, namespaces: {}, agents: { [name]: NONE } },
        }).split('\n');
        const rows = lines.filter((line) => line.startsWith('|'));
        assert.equal(rows.length, 3);
        const cells = (rows[2] ?? '').replaceAll(/\\./gu, '').split('|');
        assert.equal(cells.length, 13);
        assert.ok(!/<(?!!---->)/.test(lines.join('')), 'no element of HTML');
      }),
    );
  });
});
