import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';
import { bundleCell, cellFile } from './bundledCell.ts';
import { installedPeers } from './installedPeers.ts';
import { median, printRows } from './table.ts';

// A folder of 1,000 agents among 20,000 other files: finding them, the first list, the list of the next
// program, and one change. Every figure from a bundle in a process of its own, as in the extension.

const AGENTS = 1000;
const WORKFLOWS = 50;
const STEPS = 20;
const STARTS = 15;
const ROUNDS = 20;
/** Rounds that are left out while the program is still being compiled. */
const WARM_UPS = 5;
const CELL = cellFile('definitionsCell');

/** Milliseconds. */
export interface OpenFigures {
  readonly ms: number;
  readonly filesRead: number;
  readonly agents: number;
}

export interface ChangeFigures {
  readonly rounds: readonly number[];
  readonly filesRead: number;
  readonly valid: number;
}

export async function benchDefinitions(): Promise<void> {
  await bundleCell('definitionsCell');
  const peers = installedPeers();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  try {
    const [folder, home] = [path.join(scratch, 'folder'), path.join(scratch, 'home')];
    fs.mkdirSync(home);
    fill(folder);
    discovery(folder, home, peers);
    opening(folder, home, path.join(scratch, 'cache'));
    changing(`${AGENTS} agents`, folder, home, AGENTS);
    addWorkflows(folder);
    changing(
      `${AGENTS} agents and ${WORKFLOWS} workflows of ${STEPS} steps`,
      folder,
      home,
      AGENTS + WORKFLOWS,
    );
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function discovery(folder: string, home: string, peers: string): void {
  const found = { first: new Map<string, number[]>(), later: new Map<string, number[]>() };
  for (let start = 0; start < STARTS; start += 1) {
    for (const name of ['discover', 'tinyglobby']) {
      const rounds = cell(name, folder, home, String(ROUNDS), peers) as readonly number[];
      const add = (all: Map<string, number[]>, more: readonly number[]) =>
        all.set(name, [...(all.get(name) ?? []), ...more]);
      add(found.first, rounds.slice(0, 1));
      add(found.later, [median(rounds.slice(WARM_UPS))]);
    }
  }
  for (const [when, all] of Object.entries(found)) {
    const rows = [...all].map(([name, rounds]) => ({
      name: name === 'discover' ? 'sluice' : name,
      rounds,
    }));
    printRows(
      `Finding ${AGENTS} agents among 21,000 files, ${when} (goal: 1 x)`,
      'ms',
      'tinyglobby',
      rows,
    );
  }
}

function opening(folder: string, home: string, cache: string): void {
  const cold: OpenFigures[] = [];
  const warm: OpenFigures[] = [];
  const holds: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    fs.rmSync(cache, { recursive: true, force: true });
    holds.push(cell('hold', folder, home, cache) as number);
    fs.rmSync(cache, { recursive: true, force: true });
    cold.push(cell('open', folder, home, cache) as OpenFigures);
    warm.push(cell('open', folder, home, cache) as OpenFigures);
  }
  const of = (all: readonly OpenFigures[], field: keyof OpenFigures) =>
    median(all.map((one) => one[field]));
  const ratio = of(warm, 'ms') / of(cold, 'ms');
  console.log(`\nThe list of ${AGENTS} agents in a new process (median of ${STARTS})`);
  for (const [name, all, goal] of [
    ['cold', cold, 'goal: 300 ms'],
    ['warm', warm, `${ratio.toFixed(2)} x cold; goal: 0.10 x and 10 ms`],
  ] as const) {
    console.log(
      `  ${name}  ${of(all, 'ms').toFixed(1).padStart(8)} ms  (${goal}), ${of(all, 'filesRead')} files read`,
    );
  }
  console.log(
    `  event loop held up at most ${median(holds).toFixed(1)} ms at a time (goal: 10 ms)`,
  );
}

function changing(title: string, folder: string, home: string, valid: number): void {
  const figures = cell('change', folder, home, String(ROUNDS + WARM_UPS)) as ChangeFigures;
  if (figures.valid !== valid) {
    throw new Error(`${figures.valid} of ${valid} are valid`);
  }
  const ms = median(figures.rounds.slice(WARM_UPS)).toFixed(1);
  const files = (figures.filesRead / figures.rounds.length).toFixed(1);
  console.log(
    `\nOne change among ${title} (median of ${ROUNDS})\n  ${ms.padStart(8)} ms  (goal: 10 ms), ${files} files read each time`,
  );
}

function cell(...args: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CELL, ...args], {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`${args[0] ?? ''} failed: ${stderr}`);
  }
  return JSON.parse(stdout);
}

/** Half of the agents in one folder, half in fifty below it. */
function fill(folder: string): void {
  for (let n = 0; n < AGENTS; n += 1) {
    const at = n % 2 === 0 ? '.claude/agents' : `.claude/agents/group-${n % 100}`;
    write(folder, `${at}/agent-${n}.md`, agentFile(n));
  }
  for (let n = 0; n < 15_000; n += 1) {
    write(folder, `node_modules/package-${n % 300}/lib/file-${n}.md`, '# Not an agent\n');
  }
  for (let n = 0; n < 5000; n += 1) {
    write(folder, `src/module-${n % 100}/file-${n}.ts`, 'export {};\n');
  }
}

/** 2.5 KB, of which 12 lines are fields. */
function agentFile(n: number): string {
  const fields = [
    `name: agent-${n}`,
    'description: >-',
    `  Searches sources for concept ${n} and reports`,
    '  what it finds, with links.',
    `model: large-${n % 3}`,
    'tools: [read, search, web]',
    'color: blue',
    'metadata:',
    '  area: science',
    `  level: ${n % 4}`,
    '  tags: [a, b]',
    '  since: "2025"',
  ];
  const body = `# Agent ${n}\n\n${'You are a careful researcher. '.repeat(75)}\n`;
  return `---\n${fields.join('\n')}\n---\n\n${body}`;
}

function addWorkflows(folder: string): void {
  for (let n = 0; n < WORKFLOWS; n += 1) {
    const steps = Array.from({ length: STEPS }, (_, step) => {
      const needs = step === 0 ? '' : `    needs: [step-${step - 1}]\n`;
      return `  step-${step}:\n    agent: agent-${n * STEPS + step}\n${needs}    prompt: Part ${step} of \${{ inputs.topic }}\n`;
    });
    const text = `name: workflow-${n}\ninputs: { topic: { default: maths } }\nsteps:\n${steps.join('')}`;
    write(folder, `.sluice/workflows/workflow-${n}.yaml`, text);
  }
}

function write(folder: string, file: string, text: string): void {
  const absolute = path.join(folder, file);
  fs.mkdirSync(path.dirname(absolute), { recursive: true });
  fs.writeFileSync(absolute, text);
}
