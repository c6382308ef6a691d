import type { GraphExport } from '../../protocol.ts';
import type { GraphLayout } from '../layout.ts';
import type { Model } from '../model.ts';
import type { Palette } from '../colours.ts';
import type { Scene } from '../scene/scene.ts';
import { Tallies } from '../scene/tallies.ts';
import { mermaidOf, type ExportSource } from './mermaid.ts';
import { svgOf } from './svg.ts';

/** What is drawn now in another form; `undefined`: there is no picture yet. */
export function exportText(
  format: GraphExport,
  model: Model,
  { scene, layout }: { readonly scene: Scene; readonly layout: GraphLayout },
  palette: Palette,
): string | undefined {
  const { picture } = model;
  if (picture === undefined) {
    return undefined;
  }
  const tallies = new Tallies(model, scene);
  const source: ExportSource = {
    workflow: picture.workflow,
    run: picture.run?.id,
    scene,
    direction: layout.direction,
    node: (task) => model.node(task),
    tally: (id) => tallies.of(id),
  };
  return format === 'mermaid' ? mermaidOf(source) : svgOf(source, layout, palette);
}
