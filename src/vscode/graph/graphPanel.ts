import { setTimeout as rest } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { TaskId } from '../../core/domain/ids.ts';
import type { Log } from '../../core/base/log.ts';
import type { GraphPicture } from '../../core/projections/graphPicture.ts';
import { pictureOfPlan } from '../../core/projections/plan.ts';
import type { GraphExport, GraphHostMessage } from '../../webview/protocol.ts';
import type { Presence } from '../presence.ts';
import { answerGate, doRunVerb, doTaskVerb, openTask, reply, showFile } from './graphActions.ts';
import { OneAtATime, OnlyNews, PictureFeed } from './graphMessages.ts';
import type { GraphSubject } from './graphSubject.ts';
import type { GraphViews, ShownMoments, Subject } from './graphViews.ts';
import { PlanDesk } from './planDesk.ts';
import { RunPictures } from './runPictures.ts';
import { routePageMessage, type PageEffects } from './pageRouter.ts';

/** How long a page may take to draw itself for a file, in milliseconds. */
const EXPORT_MS = 30_000;
/** A time line is sent whole, and of a large run that is much. */
const TIMELINE_APART_MS = 1000;

export interface PanelParts {
  readonly views: GraphViews;
  readonly moments: ShownMoments;
  readonly presence: Presence;
  readonly log: Pick<Log, 'error'>;
}

/**
 * One graph panel. What it knows is what its page was told last and what the page looks at; what is true it asks for
 * anew each time.
 */
export class GraphPanel {
  readonly subject: GraphSubject;
  readonly panel: vscode.WebviewPanel;
  readonly #parts: PanelParts;
  readonly #pictures = new PictureFeed();
  readonly #runPictures = new RunPictures();
  readonly #details = new OnlyNews<Extract<GraphHostMessage, { readonly type: 'detail' }>>();
  readonly #timelines = new OnlyNews<Extract<GraphHostMessage, { readonly type: 'timeline' }>>();
  readonly #detailing = new OneAtATime(() => this.#sendDetail());
  readonly #timing = new OneAtATime(
    () => this.#sendTimeline(),
    () => rest(TIMELINE_APART_MS),
  );
  /** `undefined`: a run is no plan any more. */
  readonly #plan: PlanDesk | undefined;
  #isLoaded = false;
  #selected: TaskId | undefined;
  #showsTimeline = false;
  #reveals: TaskId | undefined;
  #exporting: ((text: string) => void) | undefined;

  constructor(panel: vscode.WebviewPanel, subject: GraphSubject, parts: PanelParts) {
    this.panel = panel;
    this.subject = subject;
    this.#parts = parts;
    this.#plan = 'workflow' in subject ? this.#desk(subject) : undefined;
    const effects = this.#effects();
    panel.webview.onDidReceiveMessage((message: unknown) => {
      routePageMessage(message, effects).catch((thrown: unknown) => {
        parts.log.error(
          `The graph of ${JSON.stringify(subject)} could not do what was asked`,
          thrown,
        );
      });
    });
    panel.onDidDispose(() => this.#plan?.dispose());
    panel.onDidChangeViewState(() => {
      // VS Code takes the page of a hidden panel away; it comes back as a new one, and says so.
      this.#isLoaded &&= panel.visible;
    });
  }

  /** Tells the page what it does not show yet. */
  refresh(): void {
    if (!this.#isLoaded) {
      return;
    }
    this.#plan?.refresh();
    this.#draw();
    if (this.#selected !== undefined) {
      void this.#detailing.again();
    }
    if (this.#showsTimeline) {
      void this.#timing.again();
    }
  }

  #draw(): void {
    const drawn = this.#isLoaded ? this.#picture() : undefined;
    const picture = drawn && this.#pictures.next(drawn);
    if (picture !== undefined) {
      this.#post(picture);
    }
  }

  /** A plan with which something is wrong, or that is not saved, is drawn as it is written. */
  #picture(): GraphPicture | undefined {
    const { views } = this.#parts;
    const subject = views.find(this.subject);
    const plan = this.#plan?.shown;
    return plan !== undefined &&
      plan.todos.length > 0 &&
      'workflow' in this.subject &&
      (plan.isUnsaved || !subject)
      ? pictureOfPlan(this.subject.workflow, plan)
      : subject && views.picture(subject, this.#runPictures);
  }

  #desk({ workflow: name }: Extract<GraphSubject, { readonly workflow: string }>): PlanDesk {
    const { views, log } = this.#parts;
    return new PlanDesk({
      find: () => {
        const project = views.project(this.subject);
        return project && { project, name };
      },
      post: (message) => this.#post(message),
      changed: () => this.#draw(),
      failed: (thrown) => log.error(`The plan ${name} could not be read`, thrown),
    });
  }

  /** Selects a task and brings it into sight, as soon as there is a page. */
  reveal(task: TaskId): void {
    this.#reveals = task;
    this.#revealNow();
  }

  /** The graph as its page draws it; `undefined`: it gave none in time. */
  async export(format: GraphExport): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const drawn = new Promise<string | undefined>((resolve) => {
      this.#exporting = resolve;
      timer = setTimeout(() => resolve(undefined), EXPORT_MS);
    });
    this.#post({ type: 'export', format });
    try {
      return await drawn;
    } finally {
      clearTimeout(timer);
      this.#exporting = undefined;
    }
  }

  #effects(): PageEffects {
    const { views, moments, presence } = this.#parts;
    const withSubject = async (act: (subject: Subject) => Promise<void>): Promise<void> => {
      presence.acted();
      const subject = views.find(this.subject);
      if (subject !== undefined) {
        await act(subject);
      }
    };
    const withRun = (
      act: (subject: Extract<Subject, { readonly kind: 'run' }>) => Promise<void>,
    ): Promise<void> =>
      withSubject(async (subject) => {
        if (subject.kind === 'run') {
          await act(subject);
        }
      });
    return {
      ready: () => {
        this.#isLoaded = true;
        this.#pictures.forget();
        this.#details.forget();
        this.#timelines.forget();
        this.#plan?.forget();
        this.refresh();
        this.#revealNow();
      },
      select: (task) => {
        this.#selected = task;
        this.#details.forget();
        if (task !== undefined) {
          void this.#detailing.again();
        }
      },
      timeline: (isOpen) => {
        this.#showsTimeline = isOpen;
        this.#timelines.forget();
        if (isOpen) {
          void this.#timing.again();
        }
      },
      open: (task) => withSubject((subject) => openTask(subject, task)),
      moment: (seq) => withRun(({ project, entry }) => moments.choose(project, entry.run, seq)),
      verb: (task, verb) => withRun((run) => doTaskVerb(run, task, verb)),
      runVerb: (verb) => withRun((run) => doRunVerb(run, verb)),
      file: (message) => withRun((run) => showFile(run, message)),
      answer: (message) => withRun((run) => answerGate(run, message)),
      reply: (task) => withRun((run) => reply(run, task)),
      plan: async (message) => {
        presence.acted();
        await this.#plan?.act(message);
      },
      exported: (_format, text) => {
        // Unasked, a page saves nothing.
        this.#exporting?.(text);
        return Promise.resolve();
      },
    };
  }

  async #sendDetail(): Promise<void> {
    const task = this.#selected;
    const subject = this.#parts.views.find(this.subject);
    if (task === undefined || subject === undefined) {
      return;
    }
    try {
      const detail = await this.#parts.views.detail(subject, task);
      const message = this.#details.next({ type: 'detail', task, detail });
      if (message !== undefined && this.#selected === task) {
        this.#post(message);
      }
    } catch (thrown) {
      this.#parts.log.error(`What there is to say about ${task} could not be put together`, thrown);
    }
  }

  async #sendTimeline(): Promise<void> {
    const subject = this.#parts.views.find(this.subject);
    if (!this.#showsTimeline || subject === undefined) {
      return;
    }
    try {
      const timeline = await this.#parts.views.timeline(subject);
      const message = this.#timelines.next({ type: 'timeline', timeline });
      if (message !== undefined) {
        this.#post(message);
      }
    } catch (thrown) {
      this.#parts.log.error('The time line could not be put together', thrown);
    }
  }

  #revealNow(): void {
    if (this.#isLoaded && this.#reveals !== undefined) {
      this.#post({ type: 'reveal', task: this.#reveals });
      this.#reveals = undefined;
    }
  }

  #post(message: GraphHostMessage): void {
    void this.panel.webview.postMessage(message);
  }
}
