import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphNode, GraphPicture } from '../../../src/core/projections/graphPicture.ts';
import { OneAtATime, OnlyNews, PictureFeed } from '../../../src/vscode/graph/graphMessages.ts';
import type { GraphHostMessage } from '../../../src/webview/protocol.ts';

function node(id: string, over: Partial<GraphNode> = {}): GraphNode {
  return {
    id,
    kind: 'agent',
    subtitle: 'coder',
    needs: [],
    groups: [],
    lane: undefined,
    isCritical: false,
    estimateMs: 0,
    state: 'pending',
    detail: '',
    isReused: false,
    reason: '',
    cause: '',
    live: '',
    runningSince: undefined,
    triesAgainAt: undefined,
    goesOnAt: undefined,
    isHeld: false,
    verbs: [],
    ...over,
  };
}

function picture(nodes: readonly GraphNode[], done = 0): GraphPicture {
  const run = { id: 'x-1', status: 'running', done, reused: '', verbs: [] } as const;
  return { workflow: 'x', run, nodes, moment: undefined };
}

describe('What a graph page is told', () => {
  it('is a whole picture first, with the number 1, and then the nodes that differ', () => {
    const feed = new PictureFeed();
    const first = picture([node('a'), node('b')]);
    assert.deepEqual(feed.next(first), { type: 'picture', number: 1, picture: first });
    const running = node('b', { state: 'running' });
    const second = picture([node('a'), running]);
    assert.deepEqual(feed.next(second), {
      type: 'changes',
      number: 2,
      run: second.run,
      moment: undefined,
      nodes: [running],
    });
  });

  it('is nothing while nothing differs, and the number stays', () => {
    const feed = new PictureFeed();
    feed.next(picture([node('a')]));
    assert.equal(feed.next(picture([node('a')])), undefined);
    assert.equal(feed.next(picture([node('a')], 1))?.number, 2);
  });

  it('is a change without nodes where only the run differs, or the moment', () => {
    const feed = new PictureFeed();
    feed.next(picture([node('a')]));
    const later = feed.next(picture([node('a')], 1));
    assert.deepEqual(later?.type === 'changes' && later.nodes, []);
    const moment = { seq: 3, last: 9, at: 12 };
    const past = feed.next({ ...picture([node('a')], 1), moment });
    assert.deepEqual(past?.type === 'changes' && past.moment, moment);
  });

  it('is a whole picture again when there are other steps, edges or groups, or the page asks', () => {
    const others: readonly (readonly GraphNode[])[] = [
      [node('a'), node('b'), node('c')],
      [node('b'), node('a')],
      [node('a'), node('b', { needs: ['a'] })],
      [node('a'), node('b', { groups: ['build'] })],
      [node('a'), node('b', { lane: { step: 'b', label: 'x' } })],
    ];
    for (const nodes of others) {
      const feed = new PictureFeed();
      feed.next(picture([node('a'), node('b')]));
      assert.equal(feed.next(picture(nodes))?.type, 'picture');
    }
    const feed = new PictureFeed();
    feed.next(picture([node('a')]));
    feed.forget();
    assert.deepEqual(feed.next(picture([node('a')])), {
      type: 'picture',
      number: 2,
      picture: picture([node('a')]),
    });
  });

  it('always adds up to the picture, however pictures follow each other', () => {
    const aNode = fc.record({
      state: fc.constantFrom('pending', 'running', 'succeeded' as const),
      detail: fc.constantFrom('', '1 s'),
      needs: fc.constantFrom([], ['a']),
    });
    const aPicture = fc
      .array(aNode, { minLength: 1, maxLength: 3 })
      .map((nodes) => picture(nodes.map((over, place) => node('abc'.charAt(place), over))));
    fc.assert(
      fc.property(fc.array(aPicture, { maxLength: 8 }), (pictures) => {
        const feed = new PictureFeed();
        let shown: GraphPicture | undefined;
        let number = 0;
        for (const next of pictures) {
          const message = feed.next(next);
          if (message !== undefined) {
            number += 1;
            assert.equal(message.number, number);
            shown = applied(shown, message);
          }
          assert.deepEqual(shown, next);
        }
      }),
    );
  });

  it('is a detail only when it is another one, or the page asks anew', () => {
    const news = new OnlyNews<Extract<GraphHostMessage, { type: 'detail' }>>();
    const message = { type: 'detail', task: 'a', detail: undefined } as const;
    assert.equal(news.next(message), message);
    assert.equal(news.next({ ...message }), undefined);
    assert.ok(news.next({ ...message, task: 'b' }));
    news.forget();
    assert.ok(news.next({ ...message, task: 'b' }));
  });
});

describe('Work that is done one at a time', () => {
  it('is done once more for all who ask meanwhile', async () => {
    let begun = 0;
    let underWay = 0;
    const ends: (() => void)[] = [];
    const work = new OneAtATime(async () => {
      begun += 1;
      underWay += 1;
      assert.equal(underWay, 1);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
    });
    const whole = work.again();
    await work.again();
    await work.again();
    assert.equal(begun, 1);
    ends[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    await new Promise<void>((resolve) => setImmediate(resolve));
    assert.equal(begun, 2);
    ends[1]?.();
    await whole;
    assert.equal(begun, 2);
  });
});

function applied(
  shown: GraphPicture | undefined,
  message: Extract<GraphHostMessage, { type: 'picture' | 'changes' }>,
): GraphPicture {
  if (message.type === 'picture') {
    return message.picture;
  }
  assert.ok(shown !== undefined, 'a change before any picture');
  const { run, moment } = message;
  const changed = new Map(message.nodes.map((one) => [one.id, one]));
  return { ...shown, run, moment, nodes: shown.nodes.map((one) => changed.get(one.id) ?? one) };
}
