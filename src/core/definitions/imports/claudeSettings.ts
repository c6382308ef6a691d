import { z } from 'zod';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { plainCacheRule, type CacheRule } from '../../domain/terms.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { text } from '../commonSchema.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import { keptFields } from './keptFields.ts';
import * as problems from '../problems.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourceDocument } from '../source/sourceDocument.ts';

// The blocks of `.claude/claude.json` beside its agents and workflows.

const HOUR_MS = 3_600_000;
/** What `max-parallel` of a workflow can be at most. */
const MAX_PARALLEL = 64;

/** What stands for a block that is not written. */
const DEFAULTS = {
  cache: { enabled: true, ttl_hours: 24, max_size_mb: 100, exclude_agents: ['random-generator'] },
  performance: { async_enabled: true, max_concurrent_agents: 10 },
} as const;

const yesOrNo = z.boolean({ error: 'must be true or false' }).optional();
const above0 = z.number({ error: 'must be a number above 0' }).positive({
  error: 'must be a number above 0',
});

const cacheSchema = z.looseObject({
  enabled: yesOrNo,
  ttl_hours: above0.optional(),
  exclude_agents: z.array(text).optional(),
});

const performanceSchema = z.looseObject({
  async_enabled: yesOrNo,
  max_concurrent_agents: z
    .int({ error: 'must be a whole number above 0' })
    .positive({ error: 'must be a whole number above 0' })
    .optional(),
});

const featuresSchema = z.looseObject({
  async_enabled: yesOrNo,
  cache_enabled: yesOrNo,
  parallel_workflows_enabled: yesOrNo,
});

/** What the file's blocks mean for its workflows. */
export interface ClaudeSettings {
  readonly maxParallel: number;
  readonly cacheOf: (agent: string) => CacheRule;
  /** All blocks as they are written, those that are not with their defaults. */
  readonly blocks: Readonly<Record<string, JsonValue>>;
  /** Warnings only: what is wrong has its default. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param document its root is a map */
export function readClaudeSettings(document: SourceDocument): ClaudeSettings {
  const reader = new DocumentReader(document, []);
  const valueOf = (name: string) => {
    const node = document.nodeAt([name]);
    if (node !== undefined && node.kind !== 'map') {
      reader.report([name], problems.notFields(`"${name}"`));
    }
    return node?.kind === 'map' ? node.value : {};
  };
  const cache = reader.fields(cacheSchema, ['cache'], valueOf('cache'));
  const performance = reader.fields(performanceSchema, ['performance'], valueOf('performance'));
  const features = reader.fields(featuresSchema, ['features'], valueOf('features'));

  const isParallel =
    performance.async_enabled !== false &&
    features.async_enabled !== false &&
    features.parallel_workflows_enabled !== false;
  const most = performance.max_concurrent_agents ?? DEFAULTS.performance.max_concurrent_agents;
  const isCached = cache.enabled !== false && features.cache_enabled !== false;
  const ttlMs = Math.round((cache.ttl_hours ?? DEFAULTS.cache.ttl_hours) * HOUR_MS);
  const excluded = new Set<string>(
    (cache.exclude_agents ?? DEFAULTS.cache.exclude_agents).map(String),
  );
  return {
    maxParallel: isParallel ? Math.min(most, MAX_PARALLEL) : 1,
    cacheOf: (agent) =>
      isCached && !excluded.has(agent)
        ? { ...plainCacheRule(true), ttlMs: Math.min(Math.max(ttlMs, 1), MAX_DURATION_MS) }
        : plainCacheRule(false),
    blocks: { ...DEFAULTS, ...keptFields(document.root, 'agents', 'workflows') },
    diagnostics: reader.diagnostics.map((problem) => ({ ...problem, severity: 'warning' })),
  };
}
