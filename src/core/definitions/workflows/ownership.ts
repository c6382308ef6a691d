import { globCovers, globFault, globsOverlap, parseGlob, type Glob } from '../../base/glob.ts';
import { NO_TERMS, termsOver, type Terms } from '../../domain/terms.ts';
import { ancestry } from '../../graph/ancestry.ts';
import type { Surroundings } from './analysis.ts';
import { artifactPathFault } from './artifactPath.ts';
import type { AgentIndex } from '../entries.ts';
import { GlobOverlaps, isWithin, MAX_COMPARISONS } from './globOverlaps.ts';
import { additionFix, fieldFix } from '../source/listEdit.ts';
import { needFixes, phasesOf } from './missingNeeds.ts';
import { NestedPaths } from './nestedPaths.ts';
import { ownedPath, type KnownPart, type OwnedPath } from './ownedPaths.ts';
import type { RelatedLocation } from '../source/problem.ts';
import { isList } from './readMatrix.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import {
  graphItem,
  type AgentStepDraft,
  type StepDraft,
  type WorkflowDraft,
} from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** What a step owns whose results land wherever they are. */
export const WHOLE_FOLDER = '**';

/** Other steps told at one: of thousands that own one folder each would name all. */
const MAX_TOLD = 20;

/** What a step may change, where it or its agent says so. */
interface Claim {
  readonly step: StepDraft;
  readonly paths: readonly OwnedPath[];
  /** Whole folders that it must not change. */
  readonly never: readonly Glob[];
}

/** Reports steps that may change the same paths at the same time, and products outside of what is theirs. */
export function checkOwnership(
  draft: WorkflowDraft,
  { agents, workflows }: Surroundings,
  reader: DocumentReader,
): void {
  const claims: Claim[] = [];
  const nested = new NestedPaths(agents, workflows);
  for (const step of draft.steps) {
    const know = (root: string, name: string) => knownPart(draft, step, root, name);
    if (step.kind === 'agent') {
      const terms = effectiveTerms(step, agents);
      if (terms.owns === undefined && terms.never.length === 0) {
        continue;
      }
      const paths = (terms.owns ?? []).flatMap((glob) => ownedPath(glob, know) ?? []);
      const never = plainGlobs(terms.never);
      checkProducts(step, terms, paths, never, reader);
      claims.push({ step, paths, never });
    } else if (step.kind === 'workflow') {
      claims.push({ step, paths: nested.of(step, know), never: [] });
    }
  }
  const owning = claims.filter(({ paths }) => paths.length > 0);
  owning.forEach((claim) => {
    checkLanes(claim, reader);
  });
  const parted = owning.map(withoutWhole).filter(({ paths }) => paths.length > 0);
  if (parted.length > 1) {
    checkTogether(parted, draft, reader);
  }
}

/**
 * Who owns the whole folder has not divided it with anybody: the run lets it wait for whoever changes files beside it,
 * and there is nothing to repair.
 */
function withoutWhole(claim: Claim): Claim {
  return { ...claim, paths: claim.paths.filter(({ written }) => written !== WHOLE_FOLDER) };
}

/** Of an agent that is not there or broken nothing is known. */
export function effectiveTerms({ agent, terms }: AgentStepDraft, agents: AgentIndex): Terms {
  const entry = agent && agents.named(agent.text);
  return termsOver(terms, entry?.kind === 'valid' ? entry.agent.terms : NO_TERMS);
}

function knownPart(
  { inputs }: WorkflowDraft,
  { matrix }: StepDraft,
  root: string,
  name: string,
): KnownPart {
  if (root === 'inputs') {
    const input = inputs.get(name);
    return { values: input?.type === 'choice' ? input.options : undefined, lanes: [] };
  }
  const values = matrix === 'unread' || root !== 'matrix' ? undefined : matrix?.get(name);
  return {
    values: values !== undefined && isList(values) ? values.map(({ text }) => text) : undefined,
    lanes: root === 'matrix' ? [name] : [],
  };
}

function plainGlobs(globs: readonly string[]): readonly Glob[] {
  return globs
    .filter((glob) => !glob.includes('${{') && globFault(glob) === undefined)
    .map(parseGlob);
}

function checkProducts(
  step: AgentStepDraft,
  { owns }: Terms,
  paths: readonly OwnedPath[],
  never: readonly Glob[],
  reader: DocumentReader,
): void {
  if (step.produces.length === 0 || (owns === undefined && never.length === 0)) {
    return;
  }
  // What cannot be read may be meant for the product.
  const isRead = owns !== undefined && paths.length === owns.length;
  const owned = paths.flatMap(({ globs }) => globs.map(parseGlob));
  for (const { file } of step.produces) {
    if (artifactPathFault(file.text, owns?.includes(file.text)) !== undefined) {
      continue;
    }
    const forbidding = never.find((glob) => globCovers(glob, file.text));
    if (forbidding !== undefined) {
      reader.report(file.path, problems.productForbidden(file.text, forbidding.text));
    } else if (isRead && !owned.some((glob) => globCovers(glob, file.text))) {
      const range = reader.document.rangeOf(file.path);
      const isOwn = step.terms.owns !== undefined;
      const fixes = isOwn ? additionFix(reader.document, step.path, 'owns', [file.text]) : [];
      reader.reportAt(range, problems.productNotOwned(file.text), [], fixes);
    }
  }
}

/** Lanes of one step. */
function checkLanes({ step, paths }: Claim, reader: DocumentReader): void {
  const { matrix, maxParallel } = step;
  if (matrix === undefined || matrix === 'unread' || maxParallel === 1) {
    return;
  }
  const several = [...matrix].flatMap(([name, values]) =>
    isList(values) && values.length < 2 ? [] : [name],
  );
  for (const { written, lanes } of paths) {
    const missing = several.filter((name) => !lanes.has(name));
    if (missing.length > 0) {
      const range = reader.document.rangeOf(placeOf(step, written));
      const fixes = fieldFix(reader.document, step.path, 'max-parallel', '1');
      reader.reportAt(range, problems.overlappingLanes(missing), [], fixes);
      return;
    }
  }
}

/** Steps of which neither needs the other. */
function checkTogether(
  claims: readonly Claim[],
  draft: WorkflowDraft,
  reader: DocumentReader,
): void {
  const overlaps = new GlobOverlaps();
  const numbers = claims.map(({ paths }) =>
    paths.map(({ globs }) => globs.map((glob) => overlaps.add(glob))),
  );
  /** Claims by the globs they hold, in order. */
  const holders: number[][] = [];
  const phases = phasesOf(draft);
  const needs = ancestry(
    draft.steps.map(graphItem),
    claims.map(({ step }) => step.id),
  );
  const phaseOf = Int32Array.from(claims, ({ step }) => phases.get(step.id) ?? 0);
  const isApart = (one: number, other: number) =>
    phaseOf[one] !== phaseOf[other] || needs(one, other) || needs(other, one);
  const seen = new Int32Array(claims.length).fill(-1);
  claims.forEach((claim, index) => {
    const found: { readonly other: Claim; readonly path: OwnedPath }[] = [];
    claim.paths.forEach((path, at) => {
      for (const number of numbers[index]?.[at]?.flatMap((own) => overlaps.of(own)) ?? []) {
        for (const holder of holders[number] ?? []) {
          const other = claims[holder];
          if (other === undefined || seen[holder] === index || found.length >= MAX_TOLD) {
            continue;
          }
          seen[holder] = index;
          if (!isApart(index, holder) && sharePath(claim, other, overlaps)) {
            found.push({ other, path });
          }
        }
      }
    });
    new Set(numbers[index]?.flat(2)).forEach((number) => (holders[number] ??= []).push(index));
    reportOverlap(claim, found, reader);
  });
  if (overlaps.isCut) {
    const first = claims[0];
    const path = first && placeOf(first.step, first.paths[0]?.written ?? '');
    reader.report(path ?? [], problems.ownsNotCompared(MAX_COMPARISONS));
  }
}

/** False where all that both could change must not be changed by one of them. */
function sharePath(one: Claim, other: Claim, overlaps: GlobOverlaps): boolean {
  if (one.never.length === 0 && other.never.length === 0) {
    return true;
  }
  const open = (claim: Claim, never: readonly Glob[]) =>
    claim.paths
      .flatMap(({ globs }) => globs)
      .filter((glob) => !never.some(({ text }) => isWithin(glob, text)));
  const reach = new Set(open(one, other.never).flatMap((glob) => overlaps.of(overlaps.add(glob))));
  return open(other, one.never).some((glob) => reach.has(overlaps.add(glob)));
}

function reportOverlap(
  { step }: Claim,
  found: readonly { readonly other: Claim; readonly path: OwnedPath }[],
  reader: DocumentReader,
): void {
  const [first] = found;
  if (first === undefined) {
    return;
  }
  const { document, file } = reader;
  const related = found.map(({ other, path }): RelatedLocation => {
    const { written } = other.paths.find((one) => mayShare(one, path)) ?? first.path;
    return {
      file,
      range: document.rangeOf(placeOf(other.step, written)),
      message: `"${other.step.id}" owns "${written}".`,
    };
  });
  const ids = found.map(({ other }) => other.step.id);
  const fixes = found.length < MAX_TOLD ? needFixes(reader, step, ids) : [];
  const range = document.rangeOf(placeOf(step, first.path.written));
  reader.reportAt(range, problems.overlappingOwns(ids), related, fixes);
}

function mayShare(one: OwnedPath, other: OwnedPath): boolean {
  return one.globs.some((a) => other.globs.some((b) => globsOverlap(parseGlob(a), parseGlob(b))));
}

/** Where a path is written in the file, else who brings it. */
function placeOf(step: StepDraft, written: string): SourcePath {
  switch (step.kind) {
    case 'agent':
      return step.owns.find(({ text }) => text === written)?.path ?? step.agent?.path ?? step.path;
    case 'workflow':
      return step.workflow?.path ?? step.path;
    case 'gate':
    case 'unknown':
      return step.path;
  }
}
