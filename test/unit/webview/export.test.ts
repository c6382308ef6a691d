import assert from 'node:assert/strict';
import type { GraphNode } from '../../../src/core/projections/graphPicture.ts';
import { arrange, requestFor } from '../../../src/webview/graph/arrangement.ts';
import { mermaidOf, type ExportSource } from '../../../src/webview/graph/export/mermaid.ts';
import { svgOf } from '../../../src/webview/graph/export/svg.ts';
import { Model } from '../../../src/webview/graph/model.ts';
import type { Palette } from '../../../src/webview/graph/colours.ts';
import { sceneOf } from '../../../src/webview/graph/scene/build.ts';
import { Tallies } from '../../../src/webview/graph/scene/tallies.ts';
import { all, lanes, node, pictureOf } from './pictures.ts';

const nodes = [
  node('plan', { state: 'succeeded', isCritical: true, groups: ['Prepare "now"'] }),
  ...lanes('docs', 6, () => ['plan'], { state: 'running' }),
  node('ask', {
    kind: 'gate',
    subtitle: 'Good <enough> & "ready"?',
    state: 'waiting',
    isCritical: true,
    needs: ['plan', ...all('docs', 6)],
  }),
];

const palette: Palette = {
  canvas: '#111111',
  surface: '#222222',
  text: '#eeeeee',
  quiet: '#999999',
  rule: '#333333',
  line: '#444444',
  focus: '#0000ff',
  font: '"Segoe UI", sans-serif',
  states: {
    pending: '#999999',
    running: '#0066cc',
    asking: '#cca700',
    waiting: '#cca700',
    unknown: '#cca700',
    succeeded: '#00aa00',
    approved: '#00aa00',
    failed: '#cc0000',
    skipped: '#999999',
    cancelled: '#999999',
  },
};

function sourceOf(shown: readonly GraphNode[], ran = true): ExportSource {
  const model = new Model();
  model.apply({ type: 'picture', number: 1, picture: pictureOf(...shown) });
  const scene = sceneOf(shown, new Map());
  const tallies = new Tallies(model, scene);
  return {
    workflow: 'release',
    run: ran ? 'w-1' : undefined,
    scene,
    direction: 'right',
    node: (task) => model.node(task),
    tally: (id) => tallies.of(id),
  };
}

function layoutOf({ scene }: ExportSource) {
  return arrange(requestFor(scene, () => undefined, { width: 1400, height: 900 }, 'auto'));
}

describe('The graph as Mermaid', () => {
  it('has bands, shapes, classes and the critical path', () => {
    assert.equal(
      mermaidOf(sourceOf(nodes)).split('  classDef')[0],
      [
        '%% release · w-1',
        'flowchart LR',
        '  n2[["docs<br/>6 lanes · 6 running"]]',
        '  n3{{"ask<br/>Good #lt;enough#gt; & #quot;ready#quot;?<br/>Waiting for you"}}',
        '  subgraph n4["Prepare #quot;now#quot;"]',
        '    n1["plan<br/>agent<br/>Succeeded"]',
        '  end',
        '  n4 --> n2',
        '  n4 ==> n3',
        '  n2 --> n3',
        '',
      ].join('\n'),
    );
    assert.match(mermaidOf(sourceOf(nodes)), / {2}class n1 done\n {2}class n2 running\n/);
  });

  it('says nothing of states of a workflow that has not run', () => {
    const text = mermaidOf(sourceOf(nodes, false));
    assert.doesNotMatch(text, /class |[0-9] running|Succeeded/);
  });

  it('keeps every name in one line', () => {
    const text = mermaidOf(sourceOf([node('a', { subtitle: 'one\ntwo `three` #4' })]));
    assert.match(text, /n1\["a<br\/>one two #96;three#96; #35;4<br\/>Pending"\]/);
  });
});

describe('The graph as SVG', () => {
  const svg = svgOf(sourceOf(nodes), layoutOf(sourceOf(nodes)), palette);

  it('needs nothing else: no address, no script, no variable of a theme', () => {
    assert.doesNotMatch(
      svg.replace('http://www.w3.org/2000/svg', ''),
      /https?:|var\(|<script|url\(/,
    );
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+"/);
    assert.ok(svg.includes('#111111') && svg.includes('#00aa00'));
  });

  it('has every card and band, with its state in words', () => {
    for (const text of ['plan', 'docs', '6 lanes · 6 running', 'Prepare &quot;now&quot;']) {
      assert.ok(svg.includes(`>${text}</text>`), text);
    }
    assert.ok(svg.includes('Waiting for you'));
  });

  it('is well formed whatever the names are', () => {
    const strange = [node('a', { subtitle: '</text><script>\u0000\ud800 & "x"' })];
    const text = svgOf(sourceOf(strange), layoutOf(sourceOf(strange)), palette);
    assert.doesNotMatch(text, /<script/);
    assert.ok(text.includes('&lt;/text&gt;'));
    assert.equal(Buffer.from(text, 'utf8').toString('utf8'), text, 'no half of a character');
    const open = [...text.matchAll(/<([a-z]+)(?:\s[^<>]*)?>/g)].filter(
      ([tag]) => !tag.endsWith('/>'),
    );
    const closed = [...text.matchAll(/<\/([a-z]+)>/g)];
    assert.deepEqual(open.map(([, name]) => name).sort(), closed.map(([, name]) => name).sort());
  });
});
