// What the runs of a history do: each task changes files in its own way, and some in each other's. Agents are lines of shell.

type Fields = Readonly<Record<string, unknown>>;

/** Found again by whoever goes on with the run: left alone it does not end by itself. */
const LINGER = [
  'sleep 0.03',
  'read -r host < "$HOME/host"',
  'read -r _ _ _ parent _ < /proc/$$/stat && test "$parent" != "$host" && sleep 100 || true',
].join('\n');

/** Each attempt writes something else: a result that is made again is another one. */
const WORD = 'word=$(od -An -N4 -tx4 /dev/urandom | tr -d " ")';

const SCRIPTS: Readonly<Record<string, string>> = {
  // Keeps the line ends there are.
  edit: `test -f src/api.txt || { mkdir -p src && seq 20 > src/api.txt; }
    sed -i "\${LINE}s/\\r\\{0,1\\}$/ $word&/" src/api.txt`,
  rename: `mkdir -p docs/deep/er && echo $word > docs/deep/er/new.md
    test ! -f docs/a.md || mv docs/a.md docs/deep/a.md
    rm -f docs/b.md && echo $word > "docs/$word.md"`,
  executable: `mkdir -p tools && printf '#!/bin/sh\\n# %s\\n' $word > tools/run.sh && chmod 755 tools/run.sh
    test ! -f tools/plain.sh || chmod 755 tools/plain.sh
    test ! -f tools/tool.sh || chmod 644 tools/tool.sh`,
  name: `mkdir -p "names/日本語" && echo $word > "names/日本語/Übersicht 😀 \\"$word\\".md"
    long=$(printf 'ü%.0s' $(seq 100)) && deep=names/$long/$long/$long/$long/$long/$long
    mkdir -p "$deep" && echo $word > "$deep/long.md"`,
  bytes: 'mkdir -p data && head -c 5000 /dev/urandom > data/big.bin',
  link: 'mkdir -p links && ln -sf ../README.md "links/$word"',
  remove: 'rm -f src/old.txt && echo $word > src/new.txt',
  folder: `if test -d turns; then rm -r turns && echo $word > turns
    else rm -f turns && mkdir turns && echo $word > turns/a && echo $word > turns/b; fi`,
  answer: 'echo $word',
  // Well most times.
  flaky: 'echo $word > flaky.txt && test $(($(od -An -N1 -tu1 /dev/urandom) % 3)) != 0',
  slow: `${LINGER}\nmkdir -p slow && echo $word > slow/made.txt`,
};

const edit = (input: string, fields: Fields = {}): Fields => ({
  agent: 'edit',
  env: { LINE: `\${{ inputs.${input} }}` },
  produces: 'src/api.txt',
  ...fields,
});

/** By name, as workflow files have them. The inputs are numbers of lines. */
export const WORKFLOWS: Readonly<Record<string, Fields>> = {
  same: {
    inputs: { one: '5', two: '5' },
    'max-parallel': 1,
    steps: {
      one: edit('one'),
      two: edit('two'),
      three: { agent: 'bytes', needs: 'one', owns: 'data/**' },
    },
  },
  folders: {
    inputs: { one: '5', two: '5' },
    steps: {
      docs: { agent: 'rename', owns: 'docs/**' },
      tools: { agent: 'executable', owns: 'tools/**' },
      names: { agent: 'name', owns: 'names/**', needs: 'docs' },
      turns: { agent: 'folder', owns: ['turns', 'turns/**'] },
    },
  },
  gated: {
    inputs: { one: '5', two: '5' },
    steps: {
      write: edit('one'),
      approve: { needs: 'write', gate: { ask: 'Take it?', show: 'src/api.txt' } },
      after: { agent: 'rename', owns: 'docs/**', needs: ['approve', 'write'] },
    },
  },
  flaky: {
    inputs: { one: '5', two: '5' },
    steps: {
      flaky: { agent: 'flaky', owns: 'flaky.txt' },
      link: { agent: 'link', owns: 'links/**' },
      after: { agent: 'remove', owns: ['src/old.txt', 'src/new.txt'], needs: 'flaky' },
      answer: { agent: 'answer', owns: [] },
    },
  },
  built: {
    inputs: { one: '5', two: '5' },
    validate: [['test', '-d', '.']],
    steps: {
      one: edit('one', { owns: 'src/**' }),
      two: edit('two', { owns: 'src/**', needs: 'one' }),
      slow: { agent: 'slow', owns: 'slow/**' },
    },
  },
};

/** Definition files, by their path below the folder. */
export function definitionFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const command = ['sh', '-ec', `${WORD}\n${script}`];
    files[`.sluice/agents/${name}.json`] = JSON.stringify({ name, command });
  }
  for (const [name, fields] of Object.entries(WORKFLOWS)) {
    files[`.sluice/workflows/${name}.json`] = JSON.stringify({ name, ...fields });
  }
  return files;
}
