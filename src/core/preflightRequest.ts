import fs from 'node:fs/promises';
import path from 'node:path';
import { thrownMessage } from './base/text.ts';
import { FILE_START, type Location } from './domain/diagnostic.ts';
import type { StepId } from './domain/ids.ts';
import { inputFault, type InputSpec, type RunPlan, type Workflow } from './domain/workflow.ts';
import { workflowNamed, type Definitions, type WorkflowEntry } from './definitions/project.ts';
import { baseOf, type Place } from './place.ts';
import {
  learnEstimates,
  learnPastCosts,
  learnPastTimes,
  type PastTask,
} from './planning/estimates.ts';
import type { Ports } from './ports.ts';
import { keyOfProgram, type Facts, type FoundProgram } from './preflight/facts.ts';
import { preflight, preflightWithoutPlan } from './preflight/preflight.ts';
import * as problems from './preflight/preflightProblems.ts';
import { programsOf } from './preflight/programs.ts';
import type { Finding, FolderReport, Preflight } from './preflight/report.ts';
import { embeddingFaults, modelFacts, type KnownModels } from './preflightModels.ts';
import { toolFaults } from './preflightTools.ts';
import { searchEnvironment } from './runners/environment.ts';
import { findProgram } from './runners/program.ts';
import { fileGlobs, planOf } from './startRequest.ts';

export interface PreflightRequest {
  readonly workflow: WorkflowEntry;
  readonly inputs: Readonly<Record<string, string>>;
  /** As in `StartRequest`. */
  readonly maxParallel?: number | undefined;
  readonly usualParallel?: number;
  readonly useCache?: boolean;
}

/** What a pre-flight is made from. */
export interface PreflightSources {
  /** Absolute. */
  readonly folder: string;
  readonly place: Place;
  readonly ports: Pick<Ports, 'environment' | 'home' | 'tools'> & {
    /** Left out: nobody can be asked about models. */
    readonly models?: (() => Promise<KnownModels>) | undefined;
  };
  /** Ends what is looked up. */
  readonly signal: AbortSignal;
  readonly definitions: Definitions;
  readonly history: readonly PastTask[];
  /** Files of a workspace copy that globs mean, by glob. */
  readonly filesLike: (globs: readonly string[]) => Promise<RunPlan['files']>;
  /** As in `PlanSources`. */
  readonly usesCache: boolean;
}

/** Every kind there is. */
const RUNNERS: Facts['runners'] = new Set(['command', 'model', 'acp', 'claude-code'] as const);
/** Linked into copies, or never in a listing. */
const DEPENDENCIES = /(?:^|[\\/])(?:node_modules|\.venv)(?:[\\/]|$)/;

/** Looks everything up that a run of the workflow would need. Starts none of the programs. */
export async function preflightOf(
  request: PreflightRequest,
  sources: PreflightSources,
): Promise<Preflight> {
  const { workflow: entry } = request;
  const folder = await folderReport(sources);
  if (entry.kind === 'invalid') {
    const report = { name: entry.name, description: '', file: entry.file, inputs: {} };
    return preflightWithoutPlan(report, definitionFindings(entry), folder);
  }
  const { workflow } = entry;
  const { definitions, place } = sources;
  const { values, findings: inputFindings } = checkInputs(entry, workflow, request.inputs);
  const found: Finding[] = [
    ...inputFindings,
    ...definitionFindings(entry),
    ...(place.notice === undefined ? [] : [aboutRun('warning', problems.noBranches(place.notice))]),
  ];
  const cannotPlan = (finding: Finding): Preflight => {
    const { name, description, file } = workflow;
    const report = { name, description, file, inputs: values };
    return preflightWithoutPlan(report, [...found, finding], folder);
  };
  let plan: RunPlan;
  try {
    const { agents, workflows } = definitions;
    const planned = planOf(
      { ...request, workflow, inputs: values, approveGate: () => false, leaveAtGates: true },
      {
        agents,
        workflows,
        base: await baseOf(place),
        estimator: learnEstimates(sources.history),
        files: await sources.filesLike(fileGlobs(workflow, workflows)),
        usesCache: sources.usesCache,
        checkout: undefined,
      },
    );
    if (!planned.ok) {
      const { message, at } = planned.error;
      const place = at ?? { file: workflow.file, range: FILE_START };
      return cannotPlan({ ...aboutRun('error', toldBy(message)), at: place });
    }
    plan = planned.value;
  } catch (thrown) {
    const message = thrownMessage(thrown);
    if (message.startsWith('Internal error')) {
      throw thrown;
    }
    // A damaged repository, a file list that cannot be had.
    return cannotPlan(aboutRun('error', toldBy(message)));
  }
  const locate = locator(entry, definitions.workflows);
  const { programs, findings: programFindings } = await lookUp(plan, sources);
  const pastTimes = learnPastTimes(sources.history);
  const pastCosts = learnPastCosts(sources.history);
  const { environment, home, models, tools } = sources.ports;
  const known = await models?.();
  const [foundModels, similarFaults, faults] = await Promise.all([
    modelFacts(plan, known, sources.signal),
    embeddingFaults(plan, known, sources.signal),
    toolFaults(plan, { folder: sources.folder, home, hosted: tools?.list() ?? [] }),
  ]);
  return preflight(plan, {
    runners: RUNNERS,
    programs,
    platform: platformName(),
    models: foundModels,
    embeddingFaults: similarFaults,
    toolFaults: faults,
    pastCostOf: ({ step }) =>
      step.kind === 'agent' ? pastCosts(workflow.name, step, undefined) : undefined,
    hasVariable: (name) => (environment[name] ?? '') !== '',
    pastOf: ({ step }) =>
      step.kind === 'agent' ? pastTimes(workflow.name, step, undefined) : undefined,
    findWorkflow: (name) => workflowNamed(name, definitions.workflows),
    locate,
    folder,
    findings: [...found, ...programFindings],
  });
}

function aboutRun(severity: Finding['severity'], told: problems.Told): Finding {
  return { severity, step: undefined, at: undefined, ...told };
}

function toldBy(message: string): problems.Told {
  return { message: message.replace(/\.$/, ''), repair: undefined };
}

function definitionFindings({ diagnostics }: WorkflowEntry): Finding[] {
  return diagnostics.flatMap(({ severity, message, file, range, fixes }) =>
    severity === 'info'
      ? []
      : [
          {
            severity,
            step: undefined,
            message: message.replace(/\.$/, ''),
            at: { file, range },
            repair: fixes?.[0] === undefined ? undefined : `${fixes[0].title}.`,
          },
        ],
  );
}

/** All that is wrong with the inputs at once; the values stand in for those, so that the rest can be told. */
function checkInputs(
  { source }: WorkflowEntry,
  { inputs, file }: Workflow,
  given: PreflightRequest['inputs'],
): { readonly values: Record<string, string>; readonly findings: readonly Finding[] } {
  const names = Object.keys(inputs);
  const findings = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => aboutRun('error', problems.inputUnknown(name, names)));
  const values: [string, string][] = [];
  for (const [name, spec] of Object.entries(inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : spec.default;
    const isWrong = value !== undefined && inputFault(spec, value) !== undefined;
    if (value === undefined || isWrong) {
      const range = source?.document.rangeOf(['inputs', name], 'key');
      findings.push({
        ...aboutRun(
          'error',
          value === undefined
            ? problems.inputMissing(name)
            : problems.inputWrong(name, value, spec),
        ),
        at: range === undefined ? undefined : { file, range },
      });
    }
    values.push([name, value === undefined || isWrong ? standIn(spec) : value]);
  }
  return { values: Object.fromEntries(values), findings };
}

/** A value the input takes. */
function standIn({ type, options, default: usual }: InputSpec): string {
  switch (type) {
    case 'string':
      return usual ?? '';
    case 'number':
      return usual ?? '0';
    case 'boolean':
      return usual ?? 'false';
    case 'choice':
      return usual ?? options[0] ?? '';
  }
}

/** The workflow asked for goes before one of the same name in the folder: it may be a file outside it. */
function locator(
  asked: WorkflowEntry,
  entries: readonly WorkflowEntry[],
): (workflow: string, step: StepId) => Location | undefined {
  const sources = new Map<string, WorkflowEntry>();
  for (const entry of [asked, ...entries]) {
    if (!sources.has(entry.name)) {
      sources.set(entry.name, entry);
    }
  }
  return (workflow, step) => {
    const entry = sources.get(workflow);
    const range = entry?.source?.rangeOfStep(step);
    return entry === undefined || range === undefined ? undefined : { file: entry.file, range };
  };
}

/**
 * As a runner finds programs, in the folder itself: a copy of it has the same files and is linked to the
 * same dependencies.
 */
async function lookUp(
  plan: RunPlan,
  { folder, ports, place, filesLike }: PreflightSources,
): Promise<{ programs: Map<string, FoundProgram>; findings: readonly Finding[] }> {
  const sought = programsOf(plan, platformName());
  const programs = new Map<string, FoundProgram>();
  await Promise.all(
    sought.map(async (one) => {
      const env = one.path === undefined ? undefined : { PATH: one.path };
      const environment = searchEnvironment({ folder, env: env ?? {} }, ports.environment);
      const found = await findProgram(one.name, folder, environment);
      programs.set(keyOfProgram(one), found);
    }),
  );
  const own = sought.flatMap((one) => {
    const file = fileInFolder(folder, programs.get(keyOfProgram(one)));
    return file === undefined ? [] : [{ one, file }];
  });
  // Without Git a copy has all files.
  if (own.length === 0 || place.repository === undefined) {
    return { programs, findings: [] };
  }
  let listed: ReadonlySet<string>;
  try {
    listed = new Set((await filesLike(['**']))['**']);
  } catch (thrown) {
    return { programs, findings: [aboutRun('error', toldBy(thrownMessage(thrown)))] };
  }
  const findings: Finding[] = [];
  for (const { one, file } of own) {
    if (!listed.has(file)) {
      programs.set(keyOfProgram(one), { kind: 'missing' });
      findings.push(aboutRun('warning', problems.notInCopy(file)));
    }
  }
  return { programs, findings };
}

/** Relative with `/`: a program that is a file of the folder itself. */
function fileInFolder(folder: string, found: FoundProgram | undefined): string | undefined {
  const file = found?.kind === 'found' ? path.relative(folder, found.file) : undefined;
  return file === undefined ||
    file.startsWith('..') ||
    path.isAbsolute(file) ||
    DEPENDENCIES.test(file)
    ? undefined
    : file.split(path.sep).join('/');
}

async function folderReport({ place }: PreflightSources): Promise<FolderReport> {
  const base = await baseOf(place).catch(() => undefined);
  const head = base?.kind === 'git' ? base : undefined;
  return {
    makesBranches: place.repository !== undefined,
    branch: head?.branch,
    commit: head?.commit,
    freeBytes: await freeBytesAt(place.copies),
  };
}

/** Of the file system that the folder is on, or will be. */
async function freeBytesAt(folder: string): Promise<number | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = await fs.statfs(at);
      return bavail * bsize;
    } catch (thrown) {
      const isAbsent = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isAbsent || path.dirname(at) === at) {
        return undefined;
      }
    }
  }
}

/** As the registry of coding agents names systems. */
function platformName(): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
  const machines: Record<string, string> = { arm64: 'aarch64', x64: 'x86_64' };
  const system = systems[process.platform] ?? process.platform;
  return `${system}-${machines[process.arch] ?? process.arch}`;
}
