import { count, formatBytes } from '../core/base/text.ts';
import { setTimeText } from '../core/domain/amounts.ts';
import {
  DEFAULT_TTL_MS,
  NAMESPACES,
  type CacheCounts,
  type CacheSettings,
  type CacheStatistics,
  type KnownNamespace,
  type Saved,
} from '../core/domain/cache.ts';
import { savedText } from '../core/domain/cacheText.ts';
import { code, shown } from '../core/preflight/markdown.ts';

/** What the page about a folder's cache is told from. */
export interface CacheFacts {
  /** The folder's name. */
  readonly folder: string;
  /** Absolute: where the cache lies. */
  readonly place: string;
  readonly statistics: CacheStatistics;
  readonly settings: CacheSettings;
  /** What is wrong in the settings, as sentences. */
  readonly problems: readonly string[];
}

/** Its counts are of looks, not of questions: the total is without them. */
const FILES: KnownNamespace = 'file_read';

/** Rows of a table; beyond, the page is slow and nobody reads it. */
const MOST_ROWS = 200;

/** The cache of a folder as a Markdown page. Names from files are shown and do nothing. */
export function cachePage({ folder, place, statistics, settings, problems }: CacheFacts): string {
  const { total, namespaces, agents } = statistics;
  return [
    `# Cache: ${shown(folder)}`,
    ...problems.map((problem) => `**${shown(problem)}**`),
    settings.use
      ? ''
      : '**The cache is off** by the setting `sluice.cache.enabled`: nothing is looked up and nothing kept.',
    summaryOf(total),
    facts(total, settings, place),
    ...table('By namespace', 'Namespace', namespaces),
    Object.hasOwn(namespaces, FILES)
      ? `\`${FILES}\` counts looks at files: reused are digests of files that have not changed.`
      : '',
    ...table('By agent', 'Agent', agents),
    ...rules(settings),
    '## To do',
    [
      '- *Sluice: Clear Cache…* forgets all of it, or what one namespace, agent or run has added.',
      '- *Sluice: Run Workflow Without Cache* asks everything anew; *Sluice: Re-run Without Cache* one task and what comes of it.',
      '- `cache: false` in a step, an agent or a workflow keeps it out for good.',
    ].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function summaryOf(total: CacheCounts): string {
  const questions = questionsOf(total);
  if (questions === 0) {
    return 'Nothing has been asked of it yet. Run a workflow twice: the second time what has not changed is reused.';
  }
  const answered = `${number(answeredOf(total))} of ${number(questions)} ${questions === 1 ? 'question' : 'questions'} answered without work (${rateText(total)}).`;
  const saved = savedCell(total.saved);
  return `**${answered}**${saved === '' ? '' : ` Saved: ${saved}.`}`;
}

/** For Markdown: a dollar sign begins a formula in it. */
function savedCell(saved: Saved): string {
  const calls = saved.calls === 0 ? '' : `${number(saved.calls)} calls of models`;
  return shown([savedText(saved), calls].filter((part) => part !== '').join(', '));
}

function facts(total: CacheCounts, { maxBytes }: CacheSettings, place: string): string {
  return [
    ['Reused', number(total.hits)],
    ['Answered by the same question under way', number(total.coalesced)],
    ['Worked out', number(total.misses)],
    [
      'Kept now',
      `${count(total.entries, 'answer')}, ${sizeText(total.bytes)} of ${sizeText(maxBytes)}`,
    ],
    ['Given up for room', number(total.evictions)],
    ['Stood their time', number(total.expirations)],
    ['Damaged, dropped and never served', number(total.damaged)],
    ['Lies in', code(place)],
  ]
    .map(([name = '', text = '']) => `- ${name}: ${text}`)
    .join('\n');
}

const COLUMNS = [
  ...['Reused', 'Shared', 'Worked out', 'Rate', 'Kept', 'Size', 'Given up', 'Expired', 'Damaged'],
  'Saved',
];

function table(
  title: string,
  name: string,
  rows: Readonly<Record<string, CacheCounts>>,
): readonly string[] {
  const sorted = mostAskedFirst(rows);
  if (sorted.length === 0) {
    return [];
  }
  const more = sorted.length - MOST_ROWS;
  return [
    `## ${title}`,
    [
      `| ${[name, ...COLUMNS].join(' | ')} |`,
      `| --- |${' ---: |'.repeat(COLUMNS.length)}`,
      ...sorted
        .slice(0, MOST_ROWS)
        .map(([row, counts]) => `| ${[shown(row), ...cellsOf(counts)].join(' | ')} |`),
    ].join('\n'),
    more > 0
      ? `And ${more.toLocaleString('en')} more: *sluice cache stats* in a terminal tells them all.`
      : '',
  ];
}

function cellsOf(counts: CacheCounts): readonly string[] {
  return [
    number(counts.hits),
    number(counts.coalesced),
    number(counts.misses),
    rateText(counts),
    number(counts.entries),
    sizeText(counts.bytes),
    number(counts.evictions),
    number(counts.expirations),
    number(counts.damaged),
    savedCell(counts.saved),
  ];
}

/** The settings that act now. */
function rules({ use, ttlMs, maxBytes }: CacheSettings): readonly string[] {
  const named = [...NAMESPACES, ...Object.keys(ttlMs)];
  const times = [...new Set(named)].map((namespace) => {
    const own = Object.hasOwn(ttlMs, namespace) ? ttlMs[namespace] : undefined;
    const time = own === undefined ? `${setTimeText(DEFAULT_TTL_MS)}, as usual` : setTimeText(own);
    return `  - ${code(namespace)}: ${time}`;
  });
  return [
    '## Settings',
    [
      `- \`sluice.cache.enabled\`: ${use ? 'on' : 'off'}`,
      `- \`sluice.cache.maxSizeMb\`: ${sizeText(maxBytes)}`,
      `- \`sluice.cache.ttl\`: how long answers stand; a step's own \`ttl\` goes before it`,
      ...times,
    ].join('\n'),
  ];
}

/** `1 GB`, and not `1.0 GB`. */
function sizeText(bytes: number): string {
  return formatBytes(bytes).replace('.0 ', ' ');
}

/** By name and counts, as people look for them. */
export function mostAskedFirst(
  rows: Readonly<Record<string, CacheCounts>>,
): readonly (readonly [string, CacheCounts])[] {
  return Object.entries(rows).sort(
    ([a, one], [b, other]) => questionsOf(other) - questionsOf(one) || (a < b ? -1 : 1),
  );
}

function answeredOf({ hits, coalesced }: CacheCounts): number {
  return hits + coalesced;
}

function questionsOf(counts: CacheCounts): number {
  return answeredOf(counts) + counts.misses;
}

/** Of the questions, those that cost no work; nothing where none was asked. All only when it is all. */
function rateText(counts: CacheCounts): string {
  const questions = questionsOf(counts);
  return questions === 0 ? '' : `${Math.floor((answeredOf(counts) / questions) * 100)} %`;
}

function number(n: number): string {
  return n.toLocaleString('en');
}
