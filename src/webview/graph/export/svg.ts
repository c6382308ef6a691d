import { edgeLook, sideLook, type EdgeLook } from '../edgeLooks.ts';
import { edgePath } from '../edgePaths.ts';
import { SIGN_PATHS, signOf } from '../signs.ts';
import { standingOf, stateLabel, type Standing } from '../labels.ts';
import type { Box, GraphLayout } from '../layout.ts';
import type { Palette } from '../colours.ts';
import { linkKey } from '../scene/lift.ts';
import { tallyText } from '../scene/tally.ts';
import type { ExportSource } from './mermaid.ts';

/** Px around the graph. */
const MARGIN = 24;
/** Px of a character of a name and of smaller text, about. */
const NAME = 7.2;
const SMALL = 6.4;

/** The whole graph as it is folded now, as an SVG file that needs nothing else: its colours are the theme's. */
export function svgOf(source: ExportSource, layout: GraphLayout, palette: Palette): string {
  const { scene } = source;
  const width = layout.width + 2 * MARGIN;
  const height = layout.height + 2 * MARGIN;
  const ran = source.run !== undefined;
  const title = source.run === undefined ? source.workflow : `${source.workflow} · ${source.run}`;
  const parts: string[] = [];
  layout.bands.forEach((box, place) => {
    const group = scene.groups[place];
    if (group !== undefined) {
      parts.push(
        rectangle(box, { fill: 'none', stroke: palette.rule, rx: 10 }),
        text(box.x + 14, box.y + 24, group.label, palette.text, 'name'),
        text(
          box.x + 22 + group.label.length * NAME,
          box.y + 24,
          tallyText(source.tally(group.id), group.counts, ran),
          palette.quiet,
          'small',
        ),
      );
    }
  });
  const critical = new Set(
    scene.edges.flatMap(({ from, to, isCritical }) => (isCritical ? linkKey(from, to) : [])),
  );
  for (const route of layout.routes) {
    const path = edgePath(route, layout.direction);
    const look = !ran
      ? 'idle'
      : path.isSide
        ? sideLook(source.tally(route.to))
        : edgeLook(source.tally(route.from), source.tally(route.to));
    const colour = colourOf(look, palette);
    const thick = critical.has(linkKey(route.from, route.to)) ? 3.5 : 1.5;
    const dashes = path.isSide
      ? ' stroke-dasharray="4 4"'
      : look === 'off'
        ? ' stroke-dasharray="2 5"'
        : '';
    parts.push(
      `<path d="${path.line}" fill="none" stroke="${colour}" stroke-width="${thick}"${dashes}/>`,
      `<path d="${path.arrow}" fill="${colour}"/>`,
    );
  }
  for (const box of layout.boxes) {
    parts.push(...cardOf(source, box, palette, ran));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font-family:${escaped(palette.font)}}.name{font-size:13px;font-weight:600}.small{font-size:12px}</style>`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${palette.canvas}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function cardOf(source: ExportSource, box: Box, palette: Palette, ran: boolean): string[] {
  const item = source.scene.itemById.get(box.id);
  const tally = source.tally(box.id);
  const node = item?.kind === 'task' ? source.node(item.id) : undefined;
  const standing: Standing = !ran ? 'pending' : node === undefined ? tally.state : standingOf(node);
  const colour = ran ? palette.states[tally.state] : palette.quiet;
  const counted = item?.kind === 'fold' ? (item.of === 'group' ? 'task' : 'lane') : 'task';
  const lines =
    node === undefined
      ? [tallyText(tally, counted, ran)]
      : [
          node.subtitle,
          ran
            ? [stateLabel(node.kind, standing), node.detail]
                .filter((part) => part !== '')
                .join(' · ')
            : '',
        ];
  const name = item?.kind === 'fold' ? item.label : (node?.mends?.label ?? box.id);
  const room = box.width - 55;
  const parts = [
    rectangle(box, {
      fill: palette.surface,
      stroke: ran && tally.state !== 'pending' ? colour : palette.rule,
      rx: 8,
      thick: tally.isCritical ? 2.5 : 1,
    }),
    signAt(box.x + 14, box.y + 12, node?.kind ?? 'agent', standing, colour, palette.surface),
    text(box.x + 42, box.y + 25, cut(name, room / NAME), palette.text, 'name'),
  ];
  lines
    .filter((line) => line !== '')
    .forEach((line, index) => {
      const y = box.y + 44 + index * 18;
      parts.push(text(box.x + 42, y, cut(line, room / SMALL), palette.quiet, 'small'));
    });
  return parts;
}

function signAt(
  x: number,
  y: number,
  kind: Parameters<typeof signOf>[0],
  standing: Standing,
  colour: string,
  cutOut: string,
): string {
  const { outline, sign, filled } = signOf(kind, standing);
  const round = 'stroke-linecap="round" stroke-linejoin="round" stroke-width="1.4"';
  return [
    `<g transform="translate(${x} ${y}) scale(1.125)" fill="none" ${round}>`,
    `<path d="${outline}" ${filled ? `fill="${colour}"` : `stroke="${colour}"`}/>`,
    `<path d="${SIGN_PATHS[sign]}" stroke="${filled ? cutOut : colour}"/>`,
    '</g>',
  ].join('');
}

function colourOf(look: EdgeLook, { line, states }: Palette): string {
  switch (look) {
    case 'idle':
    case 'off':
    case 'side':
      return line;
    case 'done':
      return states.succeeded;
    case 'waiting':
      return states.waiting;
    case 'active':
    case 'mending':
      return states.running;
  }
}

function rectangle(
  { x, y, width, height }: Box,
  look: {
    readonly fill: string;
    readonly stroke: string;
    readonly rx: number;
    readonly thick?: number;
  },
): string {
  const { fill, stroke, rx, thick = 1 } = look;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${rx}" fill="${fill}" stroke="${stroke}" stroke-width="${thick}"/>`;
}

function text(x: number, y: number, content: string, colour: string, look: string): string {
  return `<text x="${Math.round(x)}" y="${y}" class="${look}" fill="${colour}">${escaped(content)}</text>`;
}

function cut(line: string, room: number): string {
  const most = Math.max(1, Math.floor(room));
  // Half a character at the cut is none that can be said, and goes when the text is made safe.
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Also without what XML has no way to say. */
function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(UNSPEAKABLE, ' ');
}

/* eslint-disable no-control-regex -- these are what is looked for */
const UNSPEAKABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/* eslint-enable no-control-regex */
