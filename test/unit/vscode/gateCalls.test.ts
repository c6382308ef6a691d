import assert from 'node:assert/strict';
import { APART_MS, GateCalls, TOGETHER_MS } from '../../../src/vscode/gates/gateCalls.ts';
import { ManualClock } from '../../support/manualClock.ts';

/** Notifications as a window shows them: each stands until somebody does away with it. */
class Window {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly #standing: (() => void)[] = [];
  readonly calls = new GateCalls<string>({
    clock: this.clock,
    keyOf: (gate) => gate,
    tellOne: (gate) => this.#stand(gate),
    tellMany: (count) => this.#stand(`${count} wait`),
  });

  /** The gates that wait now. */
  open(...gates: readonly string[]): void {
    this.calls.refresh(gates);
  }

  async closeAll(): Promise<void> {
    for (const close of this.#standing.splice(0)) {
      close();
    }
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }

  #stand(text: string): Promise<void> {
    this.told.push(text);
    return new Promise((resolve) => this.#standing.push(resolve));
  }
}

describe('Notifications of gates', () => {
  it('tell one gate by itself, once', () => {
    const window = new Window();
    window.open('a');
    assert.deepEqual(window.told, []);
    window.clock.advance(TOGETHER_MS);
    window.open('a');
    window.clock.advance(10 * APART_MS);
    assert.deepEqual(window.told, ['a']);
  });

  it('tell gates that open within a moment as one', () => {
    const window = new Window();
    window.open('a');
    window.clock.advance(TOGETHER_MS / 2);
    window.open('a', 'b', 'c');
    window.clock.advance(TOGETHER_MS);
    assert.deepEqual(window.told, ['3 wait']);
  });

  it('tell how many wait in all while an earlier one stands', () => {
    const window = new Window();
    window.open('a');
    window.clock.advance(TOGETHER_MS);
    window.open('a', 'b');
    window.clock.advance(APART_MS);
    assert.deepEqual(window.told, ['a', '2 wait']);
  });

  it('tell one by itself again once the earlier one was done away with', async () => {
    const window = new Window();
    window.open('a');
    window.clock.advance(TOGETHER_MS);
    await window.closeAll();
    window.open('a', 'b');
    window.clock.advance(TOGETHER_MS);
    assert.deepEqual(window.told, ['a', 'b']);
  });

  it('tell one by itself where that of an earlier one stands and it is answered elsewhere', () => {
    const window = new Window();
    window.open('a');
    window.clock.advance(TOGETHER_MS);
    window.open('b');
    window.clock.advance(TOGETHER_MS);
    assert.deepEqual(window.told, ['a', 'b']);
  });

  it('say nothing of a gate that is answered before it was told', () => {
    const window = new Window();
    window.open('a');
    window.open();
    window.clock.advance(TOGETHER_MS);
    assert.deepEqual(window.told, []);
  });

  it('come no more often than somebody can read while a number stands', () => {
    const window = new Window();
    window.open('a', 'b');
    window.clock.advance(TOGETHER_MS);
    const gates = ['a', 'b'];
    for (let more = 0; more < 10; more += 1) {
      gates.push(`more ${more}`);
      window.open(...gates);
      window.clock.advance(1000);
    }
    assert.deepEqual(window.told, ['2 wait']);
    window.clock.advance(APART_MS);
    assert.deepEqual(window.told, ['2 wait', '12 wait']);
  });

  it('tell nothing once they are over', () => {
    const window = new Window();
    window.open('a');
    window.calls.dispose();
    window.clock.advance(APART_MS);
    assert.deepEqual(window.told, []);
  });
});
