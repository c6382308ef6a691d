import type { RunId, TaskId } from '../../core/domain/ids.ts';
import { unreachable } from '../../core/base/exhaustive.ts';
import { gateDetail } from '../../core/projections/gateDetail.ts';
import { gatePage, identicalGates } from '../../core/projections/gatePage.ts';
import type { DetailGate, TaskDetail } from '../../core/projections/detailPicture.ts';
import type { GraphMoment, GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';
import type { TimelinePicture } from '../../core/projections/timelinePicture.ts';
import { plannedById, taskRow, type TaskRow } from '../../core/projections/taskRows.ts';
import type { Workflow } from '../../core/domain/workflow.ts';
import { readableRun } from '../commands/picks.ts';
import { forecastText, type Forecasts } from '../forecasts.ts';
import { gateOffers, taskOffers, type ReadableRun } from '../offers.ts';
import type { Project, Projects } from '../project.ts';
import type { GraphSubject } from './graphSubject.ts';
import type { DrawnPreflights } from './preflights.ts';
import type { RunPictures } from './runPictures.ts';
import { detailOfUnrun, pictureOfUnrun } from './unrunWorkflow.ts';

/** Which moment of a run the window shows. */
export interface ShownMoments {
  /** The run as the window shows it. @param entry the run as it is */
  shown(project: Project, entry: ReadableRun): ReadableRun;
  /** `undefined`: the window shows the run as it is. */
  momentOf(project: Project, run: RunId): GraphMoment | undefined;
  /** @param seq `undefined`: as it is */
  choose(project: Project, run: RunId, seq: number | undefined): Promise<void>;
}

/** What a panel's subject is at the moment. */
export type Subject =
  | { readonly kind: 'run'; readonly project: Project; readonly entry: ReadableRun }
  | { readonly kind: 'workflow'; readonly project: Project; readonly workflow: Workflow };

/** What graph panels show of their subjects, told anew each time. */
export class GraphViews {
  readonly #projects: Projects;
  readonly #forecasts: Pick<Forecasts, 'mark'>;
  readonly #moments: ShownMoments;
  readonly #preflights: DrawnPreflights;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(
    projects: Projects,
    forecasts: Pick<Forecasts, 'mark'>,
    moments: ShownMoments,
    preflights: DrawnPreflights,
    now: () => number,
  ) {
    this.#projects = projects;
    this.#forecasts = forecasts;
    this.#moments = moments;
    this.#preflights = preflights;
    this.#now = now;
  }

  /** `undefined`: its folder is not open. */
  project({ folder }: GraphSubject): Project | undefined {
    return this.#projects.byUri(folder);
  }

  /** `undefined`: its folder is not open, or it is gone, or nobody can read it. */
  find(subject: GraphSubject): Subject | undefined {
    const project = this.#projects.byUri(subject.folder);
    if (project === undefined) {
      return undefined;
    }
    if ('run' in subject) {
      const entry = readableRun(project, subject.run);
      return entry && { kind: 'run', project, entry: this.#moments.shown(project, entry) };
    }
    const entry = project.sluice.definitions.workflows.find(
      ({ name }) => name === subject.workflow,
    );
    return entry?.kind === 'valid'
      ? { kind: 'workflow', project, workflow: entry.workflow }
      : undefined;
  }

  /** @param pictures of this run, for whoever shows it */
  picture(subject: Subject, pictures: RunPictures): GraphPicture {
    switch (subject.kind) {
      case 'workflow': {
        const { project, workflow } = subject;
        return pictureOfUnrun(workflow, this.#preflights.of(project, workflow.name));
      }
      case 'run':
        return this.#pictureOfRun(subject.project, subject.entry, pictures);
      default:
        return unreachable(subject);
    }
  }

  /** `undefined`: there is no such task. */
  async detail(subject: Subject, task: TaskId): Promise<TaskDetail | undefined> {
    if (subject.kind === 'workflow') {
      const { project, workflow } = subject;
      return detailOfUnrun(workflow, task, this.#preflights.of(project, workflow.name));
    }
    const { project, entry } = subject;
    const now = this.#now();
    return await project.sluice.details.of(entry, task, {
      verbs: (row) => taskOffers(entry, row),
      gate: this.#gate(project, entry, task, now),
      now,
    });
  }

  /** `undefined`: a workflow that has not run has none. */
  async timeline(subject: Subject): Promise<TimelinePicture | undefined> {
    return subject.kind === 'run'
      ? await subject.project.sluice.history.timeline(subject.entry.run)
      : undefined;
  }

  #pictureOfRun(project: Project, entry: ReadableRun, pictures: RunPictures): GraphPicture {
    const { run, past } = entry;
    // What agents say now is no part of what was.
    const heard = past === undefined ? project.sluice.heard(run) : () => undefined;
    const picture = pictures.next(entry, heard, past === undefined ? this.#now() : past.moment.at);
    const mark = picture.nodes.some(isForecast) ? this.#forecasts.mark(project, entry) : undefined;
    return mark === undefined
      ? picture
      : {
          ...picture,
          nodes: picture.nodes.map((node) =>
            isForecast(node) ? { ...node, reason: forecastText(mark) } : node,
          ),
        };
  }

  #gate(project: Project, entry: ReadableRun, task: TaskId, now: number): DetailGate | undefined {
    if (entry.past !== undefined) {
      // It was answered since, or can be answered as it is now.
      return undefined;
    }
    const gates = project.sluice.openGates();
    const gate = gates.find((one) => one.run === entry.run && one.task === task);
    if (gate === undefined) {
      return undefined;
    }
    const { plan, state } = entry;
    const past = project.sluice
      .runs()
      .flatMap((other) => (other.kind === 'readable' && other.run !== entry.run ? other : []));
    const mark =
      gateOffers(entry, task).length === 0 ? undefined : this.#forecasts.mark(project, entry);
    return gateDetail(gatePage(plan, state, gate, now, past), {
      forecast: mark === undefined ? undefined : forecastText(mark),
      identical: identicalGates(gates, gate).length - 1,
    });
  }
}

function isForecast({ kind, verbs }: GraphNode): boolean {
  return kind === 'gate' && verbs.includes('forecast');
}

/** `undefined`: the run has no such task. */
export function rowOf({ plan, state, driven }: ReadableRun, task: TaskId): TaskRow | undefined {
  const planned = plannedById(plan).get(task);
  return planned && taskRow(plan, planned, state, driven);
}
