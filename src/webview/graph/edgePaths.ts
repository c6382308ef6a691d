import { around } from './culling.ts';
import type { Direction, Point, Route } from './layout.ts';
import type { Area } from './viewport.ts';

/** Px of the triangle at the end of an edge. */
const ARROW = 7;
/** Px of a round corner. */
const CORNER = 6;

/** An edge as it is drawn, on the page, on a canvas and in a file alike. */
export interface EdgePath {
  readonly from: string;
  readonly to: string;
  readonly bounds: Area;
  /** SVG path data. */
  readonly line: string;
  readonly arrow: string;
  /** `[]` where there is nothing to draw. */
  readonly points: readonly Point[];
  /** It leads to a fix or back from it. */
  readonly isSide: boolean;
}

/** Its texts are made when they are first asked for: of thousands of edges, few are ever in sight. */
export function edgePath(route: Route, direction: Direction): EdgePath {
  let line: string | undefined;
  let arrow: string | undefined;
  return {
    from: route.from,
    to: route.to,
    bounds: around(route.points),
    points: route.points,
    isSide: route.side !== undefined,
    get line() {
      return (line ??= route.side === undefined ? lineOf(route, direction) : anglesOf(route));
    },
    get arrow() {
      return (arrow ??= route.side === undefined ? arrowTo(route, direction) : arrowOf(route));
    },
  };
}

function lineOf(route: Route, direction: Direction): string {
  const isRight = direction === 'right';
  const points = [...route.points];
  const tip = points.pop();
  const start = points[0];
  if (tip === undefined || start === undefined) {
    return '';
  }
  // The line ends where the triangle begins.
  points.push(isRight ? { x: tip.x - ARROW, y: tip.y } : { x: tip.x, y: tip.y - ARROW });
  let path = `M${start.x} ${start.y}`;
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1];
    const to = points[index];
    if (from !== undefined && to !== undefined) {
      path += index % 2 === 1 ? curve(from, to, isRight) : `L${to.x} ${to.y}`;
    }
  }
  return path;
}

/** Straight lines with round corners, up to where the triangle begins. */
function anglesOf({ points }: Route): string {
  let path = '';
  points.forEach((point, place) => {
    const [before, after] = [points[place - 1], points[place + 1]];
    if (before === undefined) {
      path += `M${point.x} ${point.y}`;
    } else if (after === undefined) {
      const end = towards(point, before, ARROW);
      path += `L${end.x} ${end.y}`;
    } else {
      const [enters, leaves] = [towards(point, before, CORNER), towards(point, after, CORNER)];
      path += `L${enters.x} ${enters.y}Q${point.x} ${point.y} ${leaves.x} ${leaves.y}`;
    }
  });
  return path;
}

/** So many px from a point, and no further than to half the way. */
function towards(from: Point, to: Point, px: number): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const share = length === 0 ? 0 : Math.min(px, length / 2) / length;
  return { x: from.x + dx * share, y: from.y + dy * share };
}

/** A triangle in the direction of the last line. */
function arrowOf({ points }: Route): string {
  const [tip, before] = [points.at(-1), points.at(-2)];
  if (tip === undefined || before === undefined) {
    return '';
  }
  const half = ARROW / 2 + 0.5;
  if (tip.y === before.y) {
    const back = tip.x > before.x ? -ARROW : ARROW;
    return `M${tip.x} ${tip.y}l${back} ${-half}v${2 * half}z`;
  }
  const back = tip.y > before.y ? -ARROW : ARROW;
  return `M${tip.x} ${tip.y}l${-half} ${back}h${2 * half}z`;
}

/** Leaves and arrives in the direction of the edges. */
function curve(from: Point, to: Point, isRight: boolean): string {
  if (isRight) {
    const middle = (from.x + to.x) / 2;
    return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
  }
  const middle = (from.y + to.y) / 2;
  return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
}

function arrowTo(route: Route, direction: Direction): string {
  const tip = route.points.at(-1);
  if (tip === undefined) {
    return '';
  }
  const half = ARROW / 2 + 0.5;
  return direction === 'right'
    ? `M${tip.x} ${tip.y}l${-ARROW} ${-half}v${2 * half}z`
    : `M${tip.x} ${tip.y}l${-half} ${-ARROW}h${2 * half}z`;
}
