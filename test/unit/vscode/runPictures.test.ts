import assert from 'node:assert/strict';
import fc from 'fast-check';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { RunFold } from '../../../src/core/journal/fold.ts';
import { pictureOfRun } from '../../../src/core/projections/graph.ts';
import { PictureFeed } from '../../../src/vscode/graph/graphMessages.ts';
import { RunPictures } from '../../../src/vscode/graph/runPictures.ts';
import { runOffers, taskOffers, type ReadableRun } from '../../../src/vscode/offers.ts';
import { anyWalk } from '../projections/timelineWalks.ts';

/** So far apart that the longest way is looked for each time. */
const APART_MS = 5000;

describe('Pictures of a run, each made of the one before', () => {
  it('are the same as made anew, however much has happened between two', () => {
    fc.assert(
      fc.property(
        anyWalk,
        fc.array(fc.integer({ min: 1, max: 5 })),
        ({ plan, events }, strides) => {
          const [created, ...rest] = events;
          assert.ok(created !== undefined);
          const fold = new RunFold(plan, graphOf(plan), created);
          const pictures = new RunPictures();
          let place = 0;
          let now = created.at;
          for (const stride of [...strides, rest.length]) {
            for (const event of rest.slice(place, place + stride)) {
              fold.apply(event);
            }
            place += stride;
            now += APART_MS;
            const entry: ReadableRun = {
              ...{ kind: 'readable', run: fold.state.run, plan: fold.plan, state: fold.state },
              ...{ driven: { kind: 'here' }, damage: undefined },
            };
            const offers = {
              run: runOffers(entry),
              task: (row: Parameters<typeof taskOffers>[1]) => taskOffers(entry, row),
            };
            const heard = () => undefined;
            assert.deepEqual(
              pictures.next(entry, heard, now),
              pictureOfRun(entry.plan, entry.state, entry.driven, offers, heard, now),
            );
          }
        },
      ),
    );
  });

  it('tell the page of what differs alone', () => {
    fc.assert(
      fc.property(anyWalk, ({ plan, events }) => {
        const [created, ...rest] = events;
        assert.ok(created !== undefined);
        const fold = new RunFold(plan, graphOf(plan), created);
        const pictures = new RunPictures();
        const feed = new PictureFeed();
        let shown: readonly unknown[] = [];
        for (const event of [undefined, ...rest]) {
          if (event !== undefined) {
            fold.apply(event);
          }
          const { state } = fold;
          const picture = pictures.next(
            {
              ...{ kind: 'readable', run: state.run, plan, state },
              ...{ driven: { kind: 'here' }, damage: undefined },
            },
            () => undefined,
            created.at,
          );
          const message = feed.next(picture);
          if (message?.type === 'picture') {
            shown = message.picture.nodes;
          } else if (message !== undefined) {
            const changed = new Map(message.nodes.map((node) => [node.id, node]));
            shown = shown.map((node) => changed.get((node as { id: string }).id) ?? node);
          }
          assert.deepEqual(shown, picture.nodes);
        }
      }),
    );
  });
});
