/** Whether somebody has asked Sluice for something in this window: then they are there to be asked back. */
export class Presence {
  #isHere = false;

  get isHere(): boolean {
    return this.#isHere;
  }

  acted(): void {
    this.#isHere = true;
  }
}
