import { digestOf } from '../../base/digest.ts';
import type { Agent, RunnerSpec } from '../../domain/agent.ts';
import type { Diagnostic, Fix } from '../../domain/diagnostic.ts';
import { termsOver } from '../../domain/terms.ts';
import type { AgentOverlay, AgentOverlays } from './agentOverlay.ts';
import * as agentProblems from './agentProblems.ts';
import type { AgentEntry, ValidAgentEntry } from '../entries.ts';
import { shellNotShutIn } from '../sandboxProblems.ts';
import { shellAmong } from '../shellTools.ts';
import { Suggestions } from '../source/nearest.ts';
import { diagnosticAt, type RelatedLocation } from '../source/problem.ts';

/**
 * Lays what `.sluice/agents.yaml` says over the agents it names.
 *
 * It may take from an agent what it may change or spend. So an agent of which something is said that
 * cannot be understood is not used: less protection than somebody wrote down is worse than no agent.
 */
export function layOverlays(
  entries: readonly AgentEntry[],
  overlays: AgentOverlays | undefined,
): { readonly agents: readonly AgentEntry[]; readonly diagnostics: readonly Diagnostic[] } {
  if (overlays === undefined) {
    return { agents: entries, diagnostics: [] };
  }
  const { file } = overlays;
  const diagnostics = [...overlays.diagnostics];
  const faults = new Map<string, Diagnostic>();
  const byName = new Map(overlays.overlays.map((overlay) => [overlay.name, overlay]));
  const owners = ownersOf(entries);
  const names = [...new Set(entries.filter((entry) => !isOwn(entry)).map(({ name }) => name))];
  const suggestions = new Suggestions();
  for (const { name, place, fault } of overlays.overlays) {
    const owner = owners.get(name);
    if (fault !== undefined) {
      faults.set(name, fault);
    }
    if (owner === undefined) {
      const meant = suggestions.for(name, names);
      const problem = agentProblems.overlayOfNobody(name, meant);
      const fixes = meant === undefined || byName.has(meant) ? [] : [renaming(place.range, meant)];
      diagnostics.push(diagnosticAt(file, place.range, problem, [], fixes));
    } else if (isOwn(owner)) {
      const misplaced = diagnosticAt(
        file,
        place.range,
        agentProblems.overlayOfOwn(name, owner.file),
        [{ ...owner.place, message: `"${name}" is defined here.` }],
      );
      diagnostics.push(misplaced);
      faults.set(name, fault ?? misplaced);
    }
  }
  const whole = overlays.broken
    ? overlays.diagnostics.find(({ severity }) => severity === 'error')
    : undefined;
  const agents = entries.map((entry) => {
    const fault = faults.get(entry.name) ?? (isOwn(entry) ? undefined : whole);
    if (fault !== undefined) {
      return refused(entry, fault);
    }
    const overlay = byName.get(entry.name);
    if (overlay === undefined || entry.kind === 'invalid') {
      return entry;
    }
    const shell = entry === owners.get(entry.name) ? unheldShell(entry, overlay) : undefined;
    if (shell !== undefined) {
      diagnostics.push(diagnosticAt(file, overlay.place.range, shellNotShutIn(shell)));
    }
    return overlaid(entry, overlay);
  });
  return { agents, diagnostics };
}

/** In Sluice's own folder, where each file can say everything itself. */
function isOwn({ format }: AgentEntry): boolean {
  return format === 'sluice' || format === 'acp';
}

/** The first entry of each name. */
function ownersOf(entries: readonly AgentEntry[]): ReadonlyMap<string, AgentEntry> {
  const owners = new Map<string, AgentEntry>();
  for (const entry of entries) {
    if (!owners.has(entry.name)) {
      owners.set(entry.name, entry);
    }
  }
  return owners;
}

function overlaid(entry: ValidAgentEntry, overlay: AgentOverlay): AgentEntry {
  const { agent } = entry;
  const { criticality, version, domains, terms, settled, runner, variables, place } = overlay;
  const laidRunner = runnerUnder(overlay, agent.runner);
  const laid: Agent = {
    ...agent,
    criticality: criticality ?? agent.criticality,
    version: version ?? agent.version,
    domains: domains ?? agent.domains,
    terms: termsOver(terms, agent.terms),
    outputSchema: settled?.outputSchema ?? agent.outputSchema,
    asTool: settled?.asTool ?? agent.asTool,
    runner: laidRunner,
    digest: digestOf(`${agent.digest} ${overlay.digest}`),
  };
  return {
    ...entry,
    agent: laid,
    variables: typeof runner === 'object' ? variables : entry.variables,
    overlay: { place, replaced: runner === undefined ? undefined : agent.runner },
  };
}

/** The tool of a model that a sandbox of its overlay does not hold. */
function unheldShell({ agent }: ValidAgentEntry, overlay: AgentOverlay): string | undefined {
  const isModel = runnerUnder(overlay, agent.runner).kind === 'model';
  return isModel && overlay.terms.sandbox?.use === true ? shellAmong(agent.tools ?? []) : undefined;
}

function runnerUnder({ runner, models }: AgentOverlay, own: RunnerSpec): RunnerSpec {
  if (typeof runner === 'object') {
    return runner;
  }
  if (own.kind !== 'model') {
    return own;
  }
  const named = models ?? own.models;
  return runner === 'claude-code'
    ? { kind: 'claude-code', instructions: own.instructions, models: named }
    : { ...own, models: named };
}

function refused(entry: AgentEntry, fault: Diagnostic): AgentEntry {
  const { file, range, message } = fault;
  const related: RelatedLocation[] = [{ file, range, message }];
  const problem = agentProblems.brokenOverlay(file);
  const { place } = entry;
  const diagnostics = [
    ...entry.diagnostics,
    diagnosticAt(place.file, place.range, problem, related),
  ];
  if (entry.kind === 'invalid') {
    return { ...entry, diagnostics };
  }
  const { agent: _, ...rest } = entry;
  return { ...rest, kind: 'invalid', nameFrom: 'content', diagnostics };
}

function renaming(range: Diagnostic['range'], name: string): Fix {
  const isPlain = /^[A-Za-z][\w-]*$/.test(name);
  return {
    title: `Change to "${name}"`,
    edits: [{ range, text: isPlain ? name : JSON.stringify(name) }],
  };
}
