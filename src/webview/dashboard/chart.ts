import uPlot from 'uplot';
import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { spokenChart, stacked, type ChartData, type ChartSeries } from './chartData.ts';

const HEIGHT = 148;
/** CSS px that a label below needs, so that no two touch. */
const LABEL_SPACE = 52;
const HATCH = 5;

/**
 * One small chart with its figures beside it: as a legend, which tells the period under the pointer, and as a table
 * for those who do not see it. Drawn anew only where the figures, the width or the colours are others.
 */
export class Chart {
  readonly element = element('figure', 'chart');
  readonly #title = element('figcaption', 'chart-title');
  readonly #legend = element('div', 'legend');
  readonly #plot = element('div', 'plot');
  readonly #nothing = element('p', 'quiet');
  readonly #table = element('div', 'chart-table');
  readonly #toggle: HTMLButtonElement;
  #values: HTMLElement[] = [];
  #period = element('span', 'legend-period');
  #data: ChartData | undefined;
  #drawnOf = '';
  #chart: uPlot | undefined;
  #width = 0;

  constructor(id: string) {
    this.#table.id = `${id}-table`;
    this.#table.hidden = true;
    this.#toggle = button('plain small', 'Table', '', () => this.#turn());
    setAttribute(this.#toggle, 'aria-controls', this.#table.id);
    setAttribute(this.#toggle, 'aria-expanded', 'false');
    setAttribute(this.#plot, 'role', 'img');
    const head = element('div', 'chart-head', this.#title, this.#toggle);
    this.element.append(head, this.#legend, this.#plot, this.#nothing, this.#table);
    new ResizeObserver(() => this.#resize()).observe(this.#plot);
  }

  update(data: ChartData): void {
    const { axis: _axis, ...figures } = data;
    const key = JSON.stringify(figures);
    if (key === this.#drawnOf) {
      return;
    }
    this.#drawnOf = key;
    this.#data = data;
    setText(this.#title, data.title);
    setAttribute(this.#toggle, 'aria-label', `${data.title} as a table`);
    setAttribute(this.#plot, 'aria-label', spokenChart(data));
    setText(this.#nothing, data.nothing);
    const isEmpty = data.nothing !== '';
    this.#nothing.hidden = !isEmpty;
    this.#plot.hidden = isEmpty || !this.#table.hidden;
    this.#legend.hidden = isEmpty;
    this.#toggle.hidden = isEmpty;
    this.#table.replaceChildren(...(isEmpty ? [] : [tableOf(data)]));
    this.#drawLegend(data);
    this.redraw();
  }

  /** The colours are others. */
  redraw(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    const data = this.#data;
    if (data === undefined || this.#plot.hidden || this.#plot.clientWidth === 0) {
      return;
    }
    this.#width = this.#plot.clientWidth;
    this.#chart = new uPlot(
      optionsOf(data, this.#plot, (at) => this.#tell(at)),
      valuesOf(data),
      this.#plot,
    );
  }

  #resize(): void {
    const width = this.#plot.clientWidth;
    if (this.#chart === undefined) {
      this.redraw();
    } else if (width > 0 && width !== this.#width) {
      this.#width = width;
      this.#chart.setSize({ width, height: HEIGHT });
    }
  }

  #turn(): void {
    const isTable = this.#table.hidden;
    this.#table.hidden = !isTable;
    this.#plot.hidden = isTable;
    setAttribute(this.#toggle, 'aria-expanded', String(isTable));
    this.redraw();
  }

  #drawLegend({ series }: ChartData): void {
    this.#values = series.map(() => element('b', 'legend-value'));
    this.#period = element('span', 'legend-period');
    this.#legend.replaceChildren(
      ...series.map(({ name, colour, look }, at) => {
        const swatch = element('i', `swatch ${look}`);
        swatch.style.setProperty('--of', `var(${colour})`);
        return element('span', 'legend-item', swatch, name, ' ', this.#values[at] ?? '');
      }),
      this.#period,
    );
    // The plot is told by its own name, and the table has all of it.
    setAttribute(this.#legend, 'aria-hidden', 'true');
    this.#tell(undefined);
  }

  /** @param at a period; `undefined`: all of them together */
  #tell(at: number | undefined): void {
    const { series, labels } = this.#data ?? { series: [], labels: [] };
    series.forEach(({ texts, total }, index) => {
      const value = this.#values[index];
      if (value !== undefined) {
        setText(value, (at === undefined ? undefined : texts[at]) ?? total);
      }
    });
    setText(this.#period, at === undefined ? 'in all' : (labels[at] ?? ''));
  }
}

function isLine({ series }: ChartData): boolean {
  return series[0]?.look === 'line';
}

/** In the order they are drawn: those behind first. */
function drawn(data: ChartData): readonly ChartSeries[] {
  return isLine(data) ? data.series : [...data.series].reverse();
}

function valuesOf(data: ChartData): uPlot.AlignedData {
  const places = data.labels.map((_label, at) => at);
  const values = isLine(data)
    ? data.series.map((each) => each.values.map((value) => value ?? null))
    : stacked(data.series).map((each) => each.map((value) => value ?? null));
  return [places, ...values];
}

function optionsOf(
  data: ChartData,
  plot: HTMLElement,
  tell: (at: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(plot);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const last = data.labels.length - 1;
  const bars = uPlot.paths.bars?.({ size: [0.66, 34] });
  const axis = { stroke: colour('--quiet'), font, ticks: { show: false } };
  return {
    width: plot.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { show: isLine(data) },
    },
    scales: {
      x: { time: false, range: [-0.5, last + 0.5] },
      y: { range: (_chart, _least, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        gap: 4,
        space: LABEL_SPACE,
        incrs: [1, 2, 3, 4, 6, 7, 14, 28, 60, 120],
        values: (_chart, splits) => splits.map((at) => data.labels[at] ?? ''),
      },
      {
        ...axis,
        grid: { stroke: colour('--rule'), width: 1 },
        // Before the first labels are made there are none, whatever its type says.
        size: (_chart, values: readonly string[] | null) =>
          14 + 6.4 * Math.max(0, ...(values ?? []).map((one) => one.length)),
        gap: 4,
        space: 34,
        ...(data.steps === 'any' ? {} : { incrs: data.steps === 'whole' ? WHOLE : TIMES }),
        values: (_chart, splits) => splits.map(data.axis),
      },
    ],
    series: [
      {},
      ...drawn(data).map(({ look, colour: name }): uPlot.Series => {
        const stroke = colour(name);
        return look === 'line'
          ? {
              stroke,
              width: 1.5,
              spanGaps: false,
              points: { show: true, size: 5, fill: stroke, stroke },
            }
          : {
              stroke,
              width: look === 'solid' ? 0 : 1,
              fill: () => fillOf(look, stroke, colour('--canvas')),
              ...(bars === undefined ? {} : { paths: bars }),
              points: { show: false },
            };
      }),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left = -1 } }) => tell(left < 0 ? undefined : (idx ?? undefined)),
      ],
    },
  };
}

const POWERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const WHOLE = POWERS.flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
/** Milliseconds. */
const TIMES = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 192, 384].map((hours) => hours * 3_600_000),
];

function fillOf(look: ChartSeries['look'], colour: string, canvas: string): string | CanvasPattern {
  if (look === 'solid') {
    return colour;
  }
  // The bars behind must not show through.
  return look === 'hollow' ? canvas : hatched(colour, canvas);
}

function hatched(colour: string, canvas: string): string | CanvasPattern {
  const size = HATCH * Math.max(1, Math.round(devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) {
    return colour;
  }
  pen.fillStyle = canvas;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = size / 2.4;
  pen.beginPath();
  // Over the corners too, so that tiles meet.
  for (const at of [-size, 0, size]) {
    pen.moveTo(at - 1, size + 1);
    pen.lineTo(at + size + 1, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat') ?? colour;
}

function tableOf({ title, labels, series }: ChartData): HTMLTableElement {
  const head = element('tr', '', element('th', '', 'From'));
  for (const { name } of series) {
    head.append(element('th', 'figure', name));
  }
  for (const cell of head.children) {
    setAttribute(cell, 'scope', 'col');
  }
  const rows = labels.map((label, at) => {
    const from = element('th', '', label);
    from.scope = 'row';
    return element(
      'tr',
      '',
      from,
      ...series.map(({ texts }) => element('td', 'figure', texts[at] ?? '')),
    );
  });
  return element(
    'table',
    'periods',
    element('caption', 'unseen', title),
    element('thead', '', head),
    element('tbody', '', ...rows),
  );
}
