import type { GraphNode } from '../../../core/projections/graphPicture.ts';
import { standingOf, stateLabel } from '../labels.ts';
import type { Direction } from '../layout.ts';
import type { Scene, SceneItem } from '../scene/scene.ts';
import { tallyText, type Tally } from '../scene/tally.ts';

/** What a picture in another form is made of. */
export interface ExportSource {
  readonly workflow: string;
  readonly run: string | undefined;
  readonly scene: Scene;
  readonly direction: Direction;
  node(task: string): GraphNode | undefined;
  /** Of an item or a band. */
  tally(id: string): Tally;
}

/** Colours that are read on light and dark pages alike, a class for each state. */
const CLASSES = [
  'classDef pending stroke-dasharray: 2 2',
  'classDef running stroke:#2472c8,stroke-width:2px',
  'classDef waiting stroke:#b58900,stroke-width:2px',
  'classDef done stroke:#388a34,stroke-width:2px',
  'classDef failed stroke:#c72e2e,stroke-width:3px',
  'classDef off stroke-dasharray: 4 3,color:#767676',
] as const;

const CLASS_OF = {
  pending: 'pending',
  running: 'running',
  asking: 'waiting',
  waiting: 'waiting',
  unknown: 'waiting',
  succeeded: 'done',
  approved: 'done',
  failed: 'failed',
  skipped: 'off',
  cancelled: 'off',
} as const;

/** The graph as it is folded now, as a Mermaid flowchart. */
export function mermaidOf(source: ExportSource): string {
  const { scene, direction, run } = source;
  const names = new Map(
    [...scene.items, ...scene.groups].map(({ id }, index) => [id, `n${index + 1}`]),
  );
  const lines = [
    `%% ${plain(source.workflow)}${run === undefined ? '' : ` · ${plain(run)}`}`,
    `flowchart ${direction === 'right' ? 'LR' : 'TD'}`,
  ];
  const write = (parent: string | undefined, indent: string): void => {
    for (const item of scene.items) {
      if (scene.parentOf.get(item.id) === parent) {
        lines.push(`${indent}${names.get(item.id) ?? ''}${shapeOf(source, item)}`);
      }
    }
    for (const group of scene.groups) {
      if (scene.parentOf.get(group.id) === parent) {
        lines.push(`${indent}subgraph ${names.get(group.id) ?? ''}[${quoted(group.label)}]`);
        write(group.id, `${indent}  `);
        lines.push(`${indent}end`);
      }
    }
  };
  write(undefined, '  ');
  for (const { from, to, isCritical } of scene.edges) {
    const arrow = isCritical ? '==>' : '-->';
    lines.push(`  ${names.get(from) ?? ''} ${arrow} ${names.get(to) ?? ''}`);
  }
  for (const { item, parent, task } of scene.fixes) {
    const name = names.get(item) ?? '';
    lines.push(
      `  ${names.get(parent) ?? ''} -.-> ${name}`,
      `  ${name} -.-> ${names.get(task) ?? ''}`,
    );
  }
  if (run !== undefined) {
    lines.push(...CLASSES.map((line) => `  ${line}`));
    for (const item of scene.items) {
      const { state } = source.tally(item.id);
      lines.push(`  class ${names.get(item.id) ?? ''} ${CLASS_OF[state]}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function shapeOf(source: ExportSource, item: SceneItem): string {
  const ran = source.run !== undefined;
  if (item.kind === 'fold') {
    const one = item.of === 'group' ? 'task' : item.of === 'rest' ? 'more lane' : 'lane';
    return `[[${quoted(item.label, tallyText(source.tally(item.id), one, ran))}]]`;
  }
  const node = source.node(item.id);
  const label = node !== undefined && ran ? stateLabel(node.kind, standingOf(node)) : '';
  const text = quoted(item.id, node?.subtitle ?? '', label);
  switch (node?.kind) {
    case 'gate':
      return `{{${text}}}`;
    case 'workflow':
      return `[[${text}]]`;
    default:
      return `[${text}]`;
  }
}

function quoted(...lines: readonly string[]): string {
  return `"${lines
    .filter((line) => line !== '')
    .map(plain)
    .join('<br/>')}"`;
}

/** Without what Mermaid would read as its own. */
function plain(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('`', '#96;')
    .replaceAll(/[\r\n]+/g, ' ');
}
