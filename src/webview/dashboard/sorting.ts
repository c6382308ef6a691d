import type { AgentMetrics, Cost } from '../../core/projections/metricsPicture.ts';

// The order of the agents' table.

const VALUES = {
  agent: ({ agent }: AgentMetrics) => agent,
  tasks: ({ succeeded, failed }: AgentMetrics) => succeeded + failed,
  success: ({ successRate }: AgentMetrics) => successRate,
  mean: ({ meanMs }: AgentMetrics) => meanMs,
  p95: ({ p95Ms }: AgentMetrics) => p95Ms,
  tokens: ({ tokens }: AgentMetrics) => nothingIsNone(tokens.input + tokens.output),
  cost: ({ cost }: AgentMetrics) => usdOf(cost),
  retries: ({ retries }: AgentMetrics) => retries,
  fixes: ({ fixes }: AgentMetrics) => fixes?.mended,
  reused: ({ reused }: AgentMetrics) => reused,
} as const satisfies Readonly<Record<string, (agent: AgentMetrics) => string | number | undefined>>;

export type SortColumn = keyof typeof VALUES;

export interface Sort {
  readonly column: SortColumn;
  readonly isDescending: boolean;
}

export function isSortColumn(value: unknown): value is SortColumn {
  return typeof value === 'string' && Object.hasOwn(VALUES, value);
}

/** By the column; those without a figure last either way, and among equals by name. */
export function sortedAgents(
  agents: readonly AgentMetrics[],
  { column, isDescending }: Sort,
): AgentMetrics[] {
  const value: (agent: AgentMetrics) => string | number | undefined = VALUES[column];
  return [...agents].sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === undefined || other === undefined || one === other) {
      const missing = (one === undefined ? 1 : 0) - (other === undefined ? 1 : 0);
      return missing === 0 ? compared(a.agent, b.agent) : missing;
    }
    return compared(one, other) * (isDescending ? -1 : 1);
  });
}

/** Names begin with their first letter, figures with the largest; the same column again turns it round. */
export function sortAfter(before: Sort, column: SortColumn): Sort {
  return {
    column,
    isDescending: before.column === column ? !before.isDescending : column !== 'agent',
  };
}

function compared(one: string | number, other: string | number): number {
  return typeof one === 'string' && typeof other === 'string'
    ? one.localeCompare(other, 'en', { numeric: true })
    : Number(one) - Number(other);
}

function nothingIsNone(n: number): number | undefined {
  return n === 0 ? undefined : n;
}

/** What nobody knows is not less than anything. */
function usdOf(cost: Cost): number | undefined {
  return cost.kind === 'known' || cost.kind === 'partly' ? cost.usd : undefined;
}
