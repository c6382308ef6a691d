import { unreachable } from '../../base/exhaustive.ts';
import type { Check } from '../../domain/agent.ts';
import type { CallPolicy } from '../../domain/call.ts';
import { DEFAULT_DEBUG_RULE, FAULT_KINDS, type DebugRule } from '../../domain/debugging.ts';
import { DEFAULT_SANDBOX, type SandboxRule } from '../../domain/sandbox.ts';
import type { Budget, CacheRule, Terms } from '../../domain/terms.ts';
import {
  asksForAnswer,
  type AgentStep,
  type InputSpec,
  type JsonValue,
  type Matrix,
  type Phase,
  type Product,
  type RetryRule,
  type Step,
  type Workflow,
} from '../../domain/workflow.ts';
import { PLAIN_LINE } from '../commandSchema.ts';
import { byteSizeText } from '../byteSize.ts';
import { isUsualRule } from '../debugRule.ts';
import { durationText } from '../duration.ts';
import { RETRY_DELAY_MS, RETRY_MAX_DELAY_MS } from '../workflows/readAgentStep.ts';
import { CHECK_TIMEOUT_MS } from '../readCommand.ts';
import { writeYaml, YamlFields, YamlItems, type YamlValue } from '../source/yamlWriter.ts';

type Field = readonly [name: string, value: YamlValue | undefined];

/**
 * The workflow as a file of `.sluice/workflows` in YAML: what it reads as is the same workflow but for
 * its file and digest.
 * @param comment stands above it, without signs; empty for none
 */
export function writeWorkflow(workflow: Workflow, comment = ''): string {
  const { inputs, phases } = workflow;
  return writeYaml(
    new YamlFields([
      ['name', workflow.name],
      ['description', unlessEmpty(workflow.description)],
      [
        'inputs',
        fieldsUnlessNone(Object.entries(inputs).map(([name, spec]) => [name, input(spec)])),
      ],
      ['max-parallel', workflow.maxParallel],
      ['on-failure', workflow.onFailure === 'stop' ? 'stop' : undefined],
      ['budget', budget(workflow.budget)],
      ['cache', workflow.cache && cache(workflow.cache)],
      ['base', workflow.base],
      [
        'steps',
        new YamlFields(workflow.steps.map((step) => [step.id, new YamlFields(stepFields(step))])),
      ],
      ['phases', phases.length === 0 ? undefined : new YamlItems(phases.map(phaseFields))],
      ['validate', unlessNoItems(workflow.validate.map(check))],
      ['metadata', workflow.metadata],
    ]),
    comment,
  );
}

function input({ type, options, description, default: usual }: InputSpec): YamlValue {
  if (type === 'string' && description === undefined) {
    return usual ?? null;
  }
  return new YamlFields([
    ['type', type === 'string' ? undefined : type],
    ['options', options.length === 0 ? undefined : options],
    ['description', description],
    ['default', usual],
  ]);
}

function stepFields(step: Step): readonly Field[] {
  const common: readonly Field[] = [
    ['needs', unlessNone(step.needs)],
    ['if', step.condition],
    ['matrix', step.matrix && matrix(step.matrix)],
    ['max-parallel', step.maxParallel],
  ];
  const last: readonly Field[] = [['metadata', step.metadata]];
  switch (step.kind) {
    case 'agent':
      return [['agent', step.agent], ...common, ...agentFields(step), ...last];
    case 'gate':
      return [
        [
          'gate',
          step.show.length === 0 && !asksForAnswer(step)
            ? step.ask
            : new YamlFields([
                ['ask', step.ask],
                ['show', step.show.length === 0 ? undefined : step.show],
                ['choices', step.choices],
                ['input', step.takesText],
              ]),
        ],
        ...common,
        ...last,
      ];
    case 'workflow':
      return [
        ['workflow', step.workflow],
        ...common,
        ['with', fieldsUnlessNone(Object.entries(step.with))],
        ...last,
      ];
    default:
      return unreachable(step);
  }
}

function agentFields(step: AgentStep): readonly Field[] {
  const { limits } = step;
  const duration = (ms: number | undefined) => (ms === undefined ? undefined : durationText(ms));
  return [
    ['prompt', unlessEmpty(step.prompt)],
    ['env', fieldsUnlessNone(Object.entries(step.env))],
    ['produces', unlessNoItems(step.produces.map(product))],
    ['output-schema', step.outputSchema === undefined ? undefined : asObject(step.outputSchema)],
    ['checks', unlessNoItems(step.checks.map(check))],
    ['timeout', duration(limits.timeoutMs)],
    ['idle-timeout', duration(limits.idleTimeoutMs)],
    ['grace', duration(limits.graceMs)],
    ['retry', step.retry && retry(step.retry)],
    ['debug', step.debug && debug(step.debug)],
    ['effects', step.effects],
    ...termsFields(step.terms),
  ];
}

function termsFields({
  owns,
  never,
  models,
  permissions,
  calls,
  ...terms
}: Terms): readonly Field[] {
  return [
    ['owns', owns],
    ['never', unlessNone(never)],
    ['model', models],
    ['model-policy', calls && callPolicy(calls)],
    ['permissions', permissions],
    ['budget', budget(terms.budget)],
    ['cache', terms.cache && cache(terms.cache)],
    ['sandbox', terms.sandbox && sandbox(terms.sandbox)],
  ];
}

function budget(limits: Budget | undefined): YamlValue | undefined {
  return (
    limits &&
    new YamlFields([
      ['tokens', limits.tokens],
      ['usd', limits.usd],
      ['time', limits.timeMs === undefined ? undefined : durationText(limits.timeMs)],
    ])
  );
}

function callPolicy({ attempts, maxWaitMs, onOtherModel, maxTurns }: CallPolicy): YamlValue {
  return new YamlFields([
    ['attempts', attempts],
    ['max-wait', maxWaitMs === undefined ? undefined : durationText(maxWaitMs)],
    ['on-other-model', onOtherModel],
    ['max-turns', maxTurns],
  ]);
}

function cache({ use, ttlMs, namespace, inputs, similar }: CacheRule): YamlValue {
  const fields: readonly Field[] = [
    ['ttl', ttlMs === undefined ? undefined : durationText(ttlMs)],
    ['namespace', namespace],
    ['inputs', inputs],
    [
      'similar',
      similar &&
        new YamlFields([
          ['model', similar.model],
          ['threshold', similar.threshold],
        ]),
    ],
  ];
  return use && fields.some(([, value]) => value !== undefined) ? new YamlFields(fields) : use;
}

/** A rule that says no more than the usual one is `true`. */
function sandbox(rule: SandboxRule): YamlValue {
  const unlessUsual = <T>(value: T, usual: T, written: (value: T) => YamlValue) =>
    value === usual ? undefined : written(value);
  const fields: readonly Field[] = [
    ['cpus', unlessUsual(rule.cpus, DEFAULT_SANDBOX.cpus, (cpus) => cpus)],
    ['memory', unlessUsual(rule.memoryBytes, DEFAULT_SANDBOX.memoryBytes, byteSizeText)],
    ['disk', unlessUsual(rule.diskBytes, DEFAULT_SANDBOX.diskBytes, byteSizeText)],
    ['timeout', unlessUsual(rule.timeoutMs, DEFAULT_SANDBOX.timeoutMs, durationText)],
    ['image', rule.image],
  ];
  return rule.use && fields.some(([, value]) => value !== undefined)
    ? new YamlFields(fields)
    : rule.use;
}

function matrix(values: Matrix): YamlValue {
  return new YamlFields(
    Object.entries(values).map(([name, lanes]) => [
      name,
      lanes instanceof Object && 'files' in lanes
        ? new YamlFields([['files', lanes.files]])
        : lanes,
    ]),
  );
}

function product({ path, schema }: Product): YamlValue {
  return schema === undefined
    ? path
    : new YamlFields([
        ['path', path],
        ['schema', asObject(schema)],
      ]);
}

/** A file may hold a schema of `true` or `false`; in a workflow one is made of fields. */
function asObject(schema: JsonValue): JsonValue {
  return typeof schema === 'boolean' ? (schema ? {} : { not: {} }) : schema;
}

function check({ command, timeoutMs, report, sandbox: rule }: Check): YamlValue {
  const line = command.join(' ');
  const isLine =
    PLAIN_LINE.test(line) && command.every((word) => word !== '' && !word.includes(' '));
  const written = isLine ? line : command;
  const fields: readonly Field[] = [
    ['timeout', timeoutMs === CHECK_TIMEOUT_MS ? undefined : durationText(timeoutMs)],
    ['report', report],
    ['sandbox', rule && sandbox(rule)],
  ];
  return fields.every(([, value]) => value === undefined)
    ? written
    : new YamlFields([['command', written], ...fields]);
}

/** A rule that says no more than the usual one is `true`. */
function debug(rule: DebugRule): YamlValue {
  const { attempts, depth, routing } = rule;
  return isUsualRule(rule)
    ? true
    : new YamlFields([
        ['attempts', attempts === DEFAULT_DEBUG_RULE.attempts ? undefined : attempts],
        ['depth', depth === DEFAULT_DEBUG_RULE.depth ? undefined : depth],
        [
          'routing',
          fieldsUnlessNone(
            FAULT_KINDS.map((kind) => [kind, routing[kind]] as const).filter(
              ([, agent]) => agent !== undefined,
            ),
          ),
        ],
      ]);
}

function retry({ attempts, delayMs, maxDelayMs, on }: RetryRule): YamlValue {
  const isUsualDelay = delayMs === RETRY_DELAY_MS;
  const isUsualLimit = maxDelayMs === Math.max(delayMs, RETRY_MAX_DELAY_MS);
  return isUsualDelay && isUsualLimit && on === undefined
    ? attempts
    : new YamlFields([
        ['attempts', attempts],
        ['delay', isUsualDelay ? undefined : durationText(delayMs)],
        ['max-delay', isUsualLimit ? undefined : durationText(maxDelayMs)],
        ['on', on],
      ]);
}

function phaseFields({ name, steps, checks }: Phase): YamlValue {
  return new YamlFields([
    ['name', name],
    ['steps', steps],
    ['checks', unlessNoItems(checks.map(check))],
  ]);
}

function unlessEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function unlessNone<T extends string>(texts: readonly T[]): readonly T[] | undefined {
  return texts.length === 0 ? undefined : texts;
}

function unlessNoItems(items: readonly YamlValue[]): YamlItems | undefined {
  return items.length === 0 ? undefined : new YamlItems(items);
}

function fieldsUnlessNone(fields: readonly Field[]): YamlFields | undefined {
  return fields.length === 0 ? undefined : new YamlFields(fields);
}
