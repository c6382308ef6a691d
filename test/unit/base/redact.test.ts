import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactor, streamRedactor } from '../../../src/core/base/redact.ts';

/** Of the shape that providers give them, and of no account. Built from parts, so that no scanner takes them for real. */
const made = (prefix: string, length: number, letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7z') =>
  prefix + Array.from({ length }, (_, at) => letters[(at * 7 + length) % letters.length]).join('');

/** Secrets that no one has told of: what they look like gives them away. */
const SHAPED: readonly (readonly [text: string, secret: string])[] = (
  [
    (s) => s,
    (s) => `key is ${s}.`,
    (s) => `{"apiKey":"${s}"}`,
    (s) => `curl -H "x-api-key: ${s}"`,
  ] as ((secret: string) => string)[]
).flatMap((around) =>
  [
    made('sk-ant-api03-', 93),
    made('sk-proj-', 80),
    made('sk-', 48),
    made('sk-or-v1-', 64),
    made('AIza', 35),
    made('ghp_', 36),
    made('github_pat_', 70),
    made('glpat-', 20),
    made('xoxb-', 40),
    made('hf_', 34),
    made('gsk_', 52),
  ].map((secret) => [around(secret), secret] as const),
);

const NAMED: readonly (readonly [text: string, secret: string])[] = [
  ...[
    'Authorization: Bearer ',
    'authorization: basic ',
    'api_key=',
    '"client_secret": "',
    'password: ',
  ].map((before) => [`${before}${made('', 32)}`, made('', 32)] as const),
  [`https://host.example/v1?key=${made('', 30)}&x=1`, made('', 30)],
  ['git clone https://me:p4ss!w0rd@host.example/a.git', 'p4ss!w0rd'],
  [`${made('eyJ', 20)}.${made('eyJ', 40)}.${made('', 43)}`, made('eyJ', 40)],
  [['AKIA', 'ABCD2345EFGH6789'].join(''), 'ABCD2345EFGH6789'],
  [
    ['-----BEGIN RSA', 'KEY-----\n'].join(' PRIVATE ') +
      `${made('', 64)}\n${made('', 50)}\n` +
      ['-----END RSA', 'KEY-----'].join(' PRIVATE '),
    made('', 64),
  ],
];

/** Secrets of any shape, which are known. */
const KNOWN: readonly string[] = [
  'correct horse battery staple',
  'hunter2!',
  'päßwörd-ünïcode',
  'with "quotes" and \\ strokes',
  'line one\nline two',
  made('', 24),
];

const planted = [
  ...SHAPED,
  ...NAMED,
  ...KNOWN.map((secret) => [`It is ${secret}, they say.`, secret] as const),
];

describe('A redactor', () => {
  it(`hides each of ${planted.length} planted secrets, and what stands around them stays`, () => {
    assert.ok(planted.length >= 50);
    const hide = redactor(() => KNOWN);
    const text = planted
      .map(([one], at) => `line ${at} before\n${one}\nline ${at} after`)
      .join('\n');
    const shown = hide(text);
    assert.deepEqual(
      planted.filter(([, secret]) => shown.includes(secret)),
      [],
    );
    for (const at of planted.keys()) {
      assert.ok(shown.includes(`line ${at} before\n`) && shown.includes(`\nline ${at} after`));
    }
  });

  it('hides a known value in the ways JSON, URLs and headers write it', () => {
    const secret = 'a "key"/with+signs';
    const hide = redactor(() => [secret]);
    for (const form of [
      JSON.stringify({ secret }),
      `?q=${encodeURIComponent(secret)}`,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]) {
      assert.match(hide(form), /\[hidden\]/);
      assert.ok(!hide(form).includes('signs'));
    }
  });

  it('leaves plain text, code and what is too short to be a secret', () => {
    const hide = redactor(() => ['', ' ', 'abc']);
    for (const text of [
      'abc: the password is asked for at the door; no token of it remains.',
      'const apiKey = environment.apiKey; // never printed',
      'class="sk-loading-spinner-animation"',
      'see https://host.example/path?page=2&key=name',
      'commit 4bd200a4bd200a4bd200a4bd200a4bd200a4bd200',
      'git@github.com:owner/name.git',
      'basic understanding of tokenisation',
    ]) {
      assert.equal(hide(text), text);
    }
  });

  it('asks for the known values anew each time', () => {
    const known: string[] = [];
    const hide = redactor(() => known);
    assert.equal(hide('say friend'), 'say friend');
    known.push('friend');
    assert.equal(hide('say friend'), 'say [hidden]');
  });
});

describe('A redactor of a stream', () => {
  const text = planted.map(([one], at) => `before ${at} ${one} after ${at}`).join('\n');

  it('shows the same as one of the whole text, however it is cut', () => {
    const whole = redactor(() => KNOWN)(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 60 }), (cuts) => {
        assert.equal(inChunks(text, cuts), whole);
      }),
      { numRuns: 300 },
    );
  });

  it('shows the same letter by letter', () => {
    const every = Array.from({ length: text.length }, (_, at) => at);
    assert.equal(inChunks(text, every), redactor(() => KNOWN)(text));
  });

  it('shows words as soon as a blank follows them, and languages without blanks at once', () => {
    const stream = streamRedactor(() => KNOWN);
    assert.equal(stream.push('The answer is '), 'The answer is');
    assert.equal(stream.push('forty'), ' ');
    assert.equal(stream.push('-two. '), 'forty-two.');
    assert.equal(stream.push('答えは四十二です。'), ' 答えは四十二です。');
    assert.equal(stream.end(), '');
  });

  it('lets a long run of data pass in parts', () => {
    const stream = streamRedactor(() => []);
    const run = 'ab,'.repeat(20_000);
    assert.ok(stream.push(run).length >= run.length - 4096);
  });

  function inChunks(whole: string, cuts: readonly number[]): string {
    const stream = streamRedactor(() => KNOWN);
    const places = [0, ...[...cuts].sort((a, b) => a - b), whole.length];
    let shown = '';
    for (const [at, from] of places.slice(0, -1).entries()) {
      shown += stream.push(whole.slice(from, places[at + 1]));
    }
    return shown + stream.end();
  }
});
