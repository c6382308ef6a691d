import type { Disposable } from '../../core/base/disposables.ts';
import type { Models, ModelsParts } from '../../core/models/models.ts';
import type { WindowModelHost } from './modelHost.ts';

/** The models of this window, one for all its folders; made by the first who wants them, for much is loaded then. */
export class WindowModels implements Disposable {
  readonly host: WindowModelHost;
  readonly #parts: Omit<ModelsParts, 'host'>;
  #models: Promise<Models> | undefined;

  constructor(host: WindowModelHost, parts: Omit<ModelsParts, 'host'>) {
    this.host = host;
    this.#parts = parts;
  }

  get(): Promise<Models> {
    this.#models ??= this.#make();
    return this.#models;
  }

  dispose(): void {
    void this.#models?.then((models) => models.dispose());
    this.host.dispose();
  }

  async #make(): Promise<Models> {
    const { Models: Loaded } = await import('../../core/models/models.ts');
    const { clock, random, log } = this.#parts;
    return new Loaded({ host: this.host, clock, random, log });
  }
}
