import assert from 'node:assert/strict';
import { LoopbackProvider } from '../../../support/loopbackProvider.ts';
import { SCENARIOS } from '../../../support/loopbackScenarios.ts';
import { SHAPES } from '../../../support/loopbackShapes.ts';
import { patientTurnAt } from '../../../support/loopbackTurn.ts';

const ANSWER = 'The answer is forty-two, and it took a while to find.';

describe('a provider that misbehaves', () => {
  let provider: LoopbackProvider;
  const printed: string[] = [];
  const unhandled: unknown[] = [];
  const originals = { error: console.error, warn: console.warn, info: console.info };
  const keep = (reason: unknown): void => {
    unhandled.push(reason);
  };

  before(async () => {
    provider = await LoopbackProvider.start();
    for (const name of ['error', 'warn', 'info'] as const) {
      console[name] = (...parts: unknown[]) => {
        printed.push(parts.map(String).join(' '));
      };
    }
    process.on('unhandledRejection', keep);
  });

  after(async () => {
    await provider.close();
    Object.assign(console, originals);
    process.off('unhandledRejection', keep);
  });

  beforeEach(() => provider.reset());

  it('is tried in at least 60 ways with each of its shapes', () => {
    assert.ok(SCENARIOS.length >= 60, `${SCENARIOS.length}`);
  });

  for (const shape of SHAPES) {
    describe(`as ${shape}`, () => {
      for (const { name, reply, comesTo } of SCENARIOS) {
        it(`${name}: ${comesTo(shape).join(' or ')}`, async () => {
          provider.next(reply(shape));
          const { outcome, said, timersLeft } = await patientTurnAt(provider, shape);
          assert.ok(outcome.kind !== 'cancelled');
          const end = outcome.kind === 'answered' ? 'answered' : outcome.failure.kind;
          assert.ok(comesTo(shape).includes(end), JSON.stringify(outcome));
          assert.equal(timersLeft, 0);
          assert.equal(provider.requests.length, 1);
          if (outcome.kind === 'failed') {
            assert.notEqual(outcome.failure.message, '');
            assert.ok(outcome.failure.message.length <= 500);
            assert.doesNotMatch(outcome.failure.message, /test-key|\n/);
          } else {
            assert.equal(said, ANSWER);
            assert.deepEqual(
              outcome.message.parts.map((part) => part.kind === 'text' && part.text),
              [ANSWER],
            );
          }
        });
      }

      it('leaves no socket busy and nothing printed', async () => {
        await provider.until(() => provider.requests.length === 0 && provider.busy === 0);
        assert.deepEqual(printed, []);
        assert.deepEqual(unhandled, []);
      });
    });
  }
});
