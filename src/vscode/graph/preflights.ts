import type { Disposable } from '../../core/base/disposables.ts';
import type { Preflight } from '../../core/preflight/report.ts';
import { readSetting } from '../readSetting.ts';
import type { Project } from '../project.ts';

interface Known {
  /** Of which it was told: others, another one. */
  readonly definitions: unknown;
  /** `undefined`: being made, or it cannot be. */
  preflight: Preflight | undefined;
}

/**
 * Pre-flights of workflows that are drawn, made once for each state of the definitions. A picture is never kept waiting:
 * it gets what is known, and `changed` is called when more is.
 */
export class DrawnPreflights implements Disposable {
  readonly #changed: () => void;
  readonly #known = new WeakMap<Project, Map<string, Known>>();
  #isDisposed = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param workflow its name */
  of(project: Project, workflow: string): Preflight | undefined {
    const { definitions } = project.sluice;
    const known = this.#known.get(project)?.get(workflow);
    if (known?.definitions === definitions) {
      return known.preflight;
    }
    // What was told of the definitions before is nearer to the truth than nothing, until the new one is there.
    const made: Known = { definitions, preflight: known?.preflight };
    const ofProject = this.#known.get(project) ?? new Map<string, Known>();
    this.#known.set(project, ofProject);
    ofProject.set(workflow, made);
    void this.#make(project, workflow, made);
    return made.preflight;
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  /** Never rejects: without a pre-flight the graph is the workflow as written, and its page says what is wrong. */
  async #make(project: Project, workflow: string, made: Known): Promise<void> {
    const entry = project.sluice.definitions.workflows.find(({ name }) => name === workflow);
    if (entry === undefined) {
      made.preflight = undefined;
      return;
    }
    const preflight = await project.sluice
      .preflight({
        workflow: entry,
        inputs: {},
        usualParallel: readSetting('maxParallel', project.folder.uri),
      })
      .catch(() => undefined);
    made.preflight = preflight;
    if (!this.#isDisposed) {
      this.#changed();
    }
  }
}
