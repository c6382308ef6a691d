import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { root } from '../scripts/paths.mjs';
import type { GraphNode, GraphPicture } from '../src/core/projections/graphPicture.ts';
import { bundleCell, cellFile } from './bundledCell.ts';
import { lanes, layered, mixture, pictureOf, pipelines, type Shape } from './graphPictures.ts';
import { GraphPages } from './graphPage.ts';
import type { layoutCell } from './graphLayoutCell.ts';
import { median } from './table.ts';

// The graph page: its layout beside layout libraries, and what Chromium needs to show it beside an SVG of everything.

const PANE = { width: 1200, height: 800 };
const ROUNDS = 5;
const FRAMES = 31;
/** Milliseconds of one frame at 60 Hz. */
const FRAME = 1000 / 60;

export async function benchGraph(): Promise<void> {
  await benchLayout();
  const assets = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  try {
    await benchPage(assets);
  } finally {
    fs.rmSync(assets, { recursive: true, force: true });
  }
}

async function benchLayout(): Promise<void> {
  await bundleCell('graphLayoutCell');
  const { layoutCell: lay } = (await import(cellFile('graphLayoutCell'))) as {
    readonly layoutCell: typeof layoutCell;
  };
  const require = createRequire(path.join(root, 'bench/peers/package.json'));
  const peers = ['@dagrejs/dagre', '@hpcc-js/wasm-graphviz', 'elkjs/lib/elk.bundled.js'];
  const found = peers.flatMap((name) => {
    try {
      return [{ name, file: require.resolve(name) }];
    } catch {
      return [];
    }
  });
  for (const name of peers.filter((peer) => !found.some((one) => one.name === peer))) {
    console.log(`Not installed in bench/peers, and so left out: ${name}`);
  }
  console.log('\nLayout (median ms of processor time; crossings of straight lines)');
  for (const shape of [layered(300), layered(1000), pipelines(994)]) {
    const rows = await lay(shape, found);
    for (const { name, ms, crossings } of rows) {
      const title = `${shape.name} ${shape.tasks}`.padEnd(16);
      console.log(
        `  ${title} ${name.padEnd(24)} ${ms.toFixed(1).padStart(9)} ms ${String(crossings).padStart(7)} crossings`,
      );
    }
  }
}

async function benchPage(assets: string): Promise<void> {
  const bundled = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/webview/graph/main.ts', out: 'graph' },
      { in: 'src/webview/graph/layoutWorker.ts', out: 'layout' },
      { in: 'src/webview/graph/graph.css', out: 'graph' },
    ],
    outdir: assets,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  console.log('\nBundles (gzip)');
  for (const file of Object.keys(bundled.metafile.outputs)) {
    const size = zlib.gzipSync(fs.readFileSync(path.join(root, file))).length;
    console.log(`  ${path.basename(file).padEnd(12)} ${(size / 1024).toFixed(1).padStart(6)} KB`);
  }

  const pages = await GraphPages.start(assets);
  try {
    const full: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      full.push(await fullSvg(pages, layered(1000)));
    }
    const reference = median(full);
    console.log('\nFirst paint (median ms from the picture to the frame that shows it)');
    line('a full SVG of 1,000, laid out before', reference, '');
    const pictures: readonly (readonly [string, GraphPicture])[] = [
      ['a run of 200', mixtureOf(200)],
      ['lanes of 1,000', lanes(1000)],
      ['lanes of 5,000', lanes(5000)],
      ['layered 1,000, nothing to fold', pictureOf(layered(1000))],
      ['pipelines 1,000, nothing to fold', pictureOf(pipelines(1000))],
      ['layered 5,000, nothing to fold', pictureOf(layered(5000))],
    ];
    for (const [name, picture] of pictures) {
      const paints: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const page = await pages.open(PANE);
        // As in VS Code, where the picture comes after the page has said that it is ready.
        await page.waitForTimeout(200);
        paints.push(await firstPaint(page, picture));
        await page.context().close();
      }
      line(name, median(paints), `${(median(paints) / reference).toFixed(2)} x the full SVG`);
    }

    console.log(`\nFrames (median ms of ${FRAMES}; the bound is ${FRAME.toFixed(1)})`);
    for (const [name, picture] of pictures) {
      await benchFrames(pages, name, picture);
    }
  } finally {
    await pages.close();
  }
}

async function benchFrames(pages: GraphPages, name: string, picture: GraphPicture): Promise<void> {
  for (const view of ['actual size', 'whole graph'] as const) {
    const page = await pages.open(PANE);
    await firstPaint(page, picture);
    await page.keyboard.press(view === 'whole graph' ? 'f' : '0');
    await page.waitForTimeout(600);
    const drawn = await page.evaluate(
      `document.querySelectorAll('.card').length + (document.querySelector('canvas.overview').hidden ? ' cards' : ' cards over a canvas')`,
    );
    const updates = await updateFrames(page, picture);
    const pans = await panFrames(page);
    const shown = (all: readonly number[]) =>
      `${median(all).toFixed(1)} (${(median(all) / FRAME).toFixed(2)} frames)`;
    console.log(
      `  ${`${name}, ${view}`.padEnd(46)} 20 tasks change ${shown(updates).padEnd(20)} pan ${shown(pans).padEnd(20)} ${String(drawn)}`,
    );
    await page.context().close();
  }
}

/** Resolves in the page once the next frame has been painted. */
const FRAME_IN_PAGE = `
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now());
    channel.port2.postMessage(0);
  }));
`;

async function firstPaint(page: Page, picture: GraphPicture): Promise<number> {
  await page.evaluate(`window.picture = ${JSON.stringify(picture)}`);
  return await page.evaluate<number>(`(async () => {
    ${FRAME_IN_PAGE}
    await frame();
    await frame();
    const begun = performance.now();
    const isShown = () => document.querySelector('.card') !== null;
    window.postMessage({ type: 'picture', number: 1, picture: window.picture }, '*');
    for (;;) {
      const at = await frame();
      if (isShown()) return at - begun;
    }
  })()`);
}

/** Twenty tasks change, frame after frame. */
async function updateFrames(page: Page, picture: GraphPicture): Promise<number[]> {
  const batches = Array.from({ length: FRAMES }, (_, round) =>
    Array.from({ length: 20 }, (_unused, index): GraphNode => {
      const node = picture.nodes[(round * 997 + index * 131) % picture.nodes.length];
      if (node === undefined) {
        throw new Error('Internal error: a picture without tasks');
      }
      return { ...node, state: round % 2 === 0 ? 'succeeded' : 'running' };
    }),
  ).map((nodes) => [...new Map(nodes.map((node) => [node.id, node])).values()]);
  return await page.evaluate<number[]>(`(async () => {
    ${FRAME_IN_PAGE}
    const batches = ${JSON.stringify(batches)};
    const times = [];
    let before = await frame();
    let number = 1;
    for (const nodes of batches) {
      number += 1;
      window.postMessage({ type: 'changes', number, run: window.picture.run, nodes }, '*');
      // The message is a task of its own; then the frame that draws it.
      const now = await frame();
      times.push(now - before);
      before = now;
    }
    return times;
  })()`);
}

async function panFrames(page: Page): Promise<number[]> {
  return await page.evaluate<number[]>(`(async () => {
    ${FRAME_IN_PAGE}
    const pane = document.querySelector('.pane');
    const times = [];
    let before = await frame();
    for (let round = 0; round < ${FRAMES}; round += 1) {
      // There and back, fast enough that new cards come into sight.
      const by = round < ${FRAMES} / 2 ? 40 : -40;
      pane.dispatchEvent(new WheelEvent('wheel', { deltaX: by, deltaY: by, bubbles: true, cancelable: true }));
      const now = await frame();
      times.push(now - before);
      before = now;
    }
    return times;
  })()`);
}

/** What a page does that draws everything: one SVG, a group and two elements for each step. */
async function fullSvg(pages: GraphPages, { tasks, edges }: Shape): Promise<number> {
  const width = Math.round(Math.sqrt(tasks));
  const page = await pages.blank(PANE);
  const took = await page.evaluate<number>(`(async () => {
    ${FRAME_IN_PAGE}
    const edges = ${JSON.stringify(edges)};
    const at = (task) => [Math.floor(task / ${width}) * 300, (task % ${width}) * 96];
    document.body.innerHTML = '<style>.n rect{fill:#eef;stroke:#448}.e{fill:none;stroke:#999}</style><div id=h></div>';
    await frame();
    await frame();
    const begun = performance.now();
    let svg = '<svg width=1200 height=800><g transform="scale(0.12)">';
    for (const [from, to] of edges) {
      const [[a, b], [c, d]] = [at(from), at(to)];
      svg += '<path class=e d="M' + (a + 228) + ' ' + (b + 38) + 'C' + (a + 260) + ' ' + (b + 38) + ' ' + (c - 32) + ' ' + (d + 38) + ' ' + c + ' ' + (d + 38) + '"/>';
    }
    for (let task = 0; task < ${tasks}; task += 1) {
      const [x, y] = at(task);
      svg += '<g class=n transform="translate(' + x + ' ' + y + ')"><rect width=228 height=76 rx=8 /><text x=42 y=25>step-' + task + '</text><text x=42 y=44>reviewer</text></g>';
    }
    document.getElementById('h').innerHTML = svg + '</g></svg>';
    return (await frame()) - begun;
  })()`);
  await page.context().close();
  return took;
}

function mixtureOf(tasks: number): GraphPicture {
  const whole = mixture(Date.now());
  const more = lanes(tasks - whole.nodes.length);
  return { ...whole, nodes: [...whole.nodes, ...more.nodes.map((node) => rename(node))] };
}

function rename(node: GraphNode): GraphNode {
  return { ...node, id: `more.${node.id}`, needs: node.needs.map((need) => `more.${need}`) };
}

function line(name: string, ms: number, note: string): void {
  console.log(`  ${name.padEnd(38)} ${ms.toFixed(1).padStart(8)} ms  ${note}`);
}
