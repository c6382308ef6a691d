import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  APICallError,
  EmptyResponseBodyError,
  InvalidPromptError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  NoSuchModelError,
  TypeValidationError,
} from '@ai-sdk/provider';
import { NoOutputGeneratedError, NoSuchToolError, RetryError } from 'ai';
import fc from 'fast-check';
import { CALL_FAILURES, type CallFailureKind } from '../../../../src/core/domain/call.ts';
import { classifyFinish, classifyThrown } from '../../../../src/core/models/failures/classify.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 30);

function call(statusCode: number, body: unknown, responseHeaders: Record<string, string> = {}) {
  const responseBody = typeof body === 'string' ? body : JSON.stringify(body);
  return new APICallError({
    message: 'Bad',
    url: 'https://provider.example/v1',
    requestBodyValues: { prompt: 'secret of the user' },
    statusCode,
    responseHeaders,
    responseBody,
    data: typeof body === 'string' ? undefined : body,
  });
}

const anthropic = (type: string, message = 'It went wrong.') => ({
  type: 'error',
  error: { type, message },
});
const openai = (type: string, code: string | null, message = 'It went wrong.') => ({
  error: { message, type, param: null, code },
});
const google = (
  code: number,
  status: string,
  message = 'It went wrong.',
  details: unknown[] = [],
) => ({
  error: { code, status, message, details },
});

function kindOf(thrown: unknown, provider = 'openai'): CallFailureKind {
  return classifyThrown(thrown, { provider, now: NOW }).kind;
}

function withCode(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

const CASES: readonly (readonly [
  name: string,
  thrown: unknown,
  provider: string,
  kind: CallFailureKind,
])[] = [
  [
    'Anthropic 401',
    call(401, anthropic('authentication_error', 'invalid x-api-key')),
    'anthropic',
    'authentication',
  ],
  ['Anthropic 403', call(403, anthropic('permission_error')), 'anthropic', 'permission'],
  ['Anthropic 402', call(402, anthropic('billing_error')), 'anthropic', 'billing'],
  [
    'Anthropic low balance',
    call(
      400,
      anthropic('invalid_request_error', 'Your credit balance is too low to access the API.'),
    ),
    'anthropic',
    'billing',
  ],
  [
    'Anthropic spend limit',
    call(429, {
      ...anthropic('rate_limit_error', 'x'),
      details: { error_code: 'enforced_spend_limit_reached' },
    }),
    'anthropic',
    'billing',
  ],
  [
    'Anthropic spend limit that passes',
    call(
      429,
      {
        ...anthropic('rate_limit_error', 'x'),
        details: { error_code: 'enforced_spend_limit_reached' },
      },
      { 'retry-after': '20' },
    ),
    'anthropic',
    'rate-limit',
  ],
  ['Anthropic 429', call(429, anthropic('rate_limit_error')), 'anthropic', 'rate-limit'],
  ['Anthropic 529', call(529, anthropic('overloaded_error')), 'anthropic', 'overloaded'],
  ['Anthropic 500', call(500, anthropic('api_error')), 'anthropic', 'server-error'],
  ['Anthropic 504', call(504, anthropic('timeout_error')), 'anthropic', 'server-error'],
  ['Anthropic 409', call(409, anthropic('conflict_error')), 'anthropic', 'server-error'],
  ['Anthropic 413', call(413, anthropic('request_too_large')), 'anthropic', 'context-length'],
  [
    'Anthropic long prompt',
    call(
      400,
      anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    ),
    'anthropic',
    'context-length',
  ],
  [
    'Anthropic 404',
    call(404, anthropic('not_found_error', 'model: claude-none')),
    'anthropic',
    'model-not-found',
  ],
  [
    'Anthropic 400',
    call(400, anthropic('invalid_request_error', 'messages: at least one')),
    'anthropic',
    'invalid-request',
  ],
  [
    'Anthropic in a stream',
    anthropic('overloaded_error', 'Overloaded').error,
    'anthropic',
    'overloaded',
  ],
  ['Anthropic in a stream, whole', anthropic('rate_limit_error'), 'anthropic', 'rate-limit'],
  [
    'Anthropic first event, as its SDK gives it',
    call(500, { type: 'invalid_request_error', message: 'x' }),
    'anthropic',
    'invalid-request',
  ],
  [
    'OpenAI key',
    call(401, openai('invalid_request_error', 'invalid_api_key')),
    'openai',
    'authentication',
  ],
  [
    'OpenAI quota',
    call(429, openai('insufficient_quota', 'insufficient_quota')),
    'openai',
    'billing',
  ],
  [
    'OpenAI hard limit',
    call(400, openai('billing_hard_limit_reached', 'billing_hard_limit_reached')),
    'openai',
    'billing',
  ],
  ['OpenAI 429', call(429, openai('tokens', 'rate_limit_exceeded')), 'openai', 'rate-limit'],
  [
    'OpenAI context',
    call(400, openai('invalid_request_error', 'context_length_exceeded')),
    'openai',
    'context-length',
  ],
  [
    'OpenAI model',
    call(404, openai('invalid_request_error', 'model_not_found')),
    'openai',
    'model-not-found',
  ],
  [
    'OpenAI country',
    call(403, openai('request_forbidden', 'unsupported_country_region_territory')),
    'openai',
    'permission',
  ],
  [
    'OpenAI filter',
    call(400, openai('invalid_request_error', 'content_filter')),
    'openai',
    'content-refused',
  ],
  ['OpenAI 503', call(503, openai('server_error', null)), 'openai', 'overloaded'],
  ['OpenAI 500', call(500, openai('server_error', null)), 'openai', 'server-error'],
  [
    'OpenAI in a stream',
    { message: 'boom', type: 'server_error', code: 'server_error', statusCode: 500 },
    'openai',
    'server-error',
  ],
  [
    'a router with its own number',
    { error: { code: 429, message: 'slow' } },
    'openrouter',
    'rate-limit',
  ],
  [
    'a router without credit',
    call(402, { error: { code: 402, message: 'Insufficient credits' } }),
    'openrouter',
    'billing',
  ],
  [
    'Ollama without the model',
    call(404, { error: { message: 'model "x" not found, try pulling it first' } }),
    'ollama',
    'model-not-found',
  ],
  [
    'vLLM context',
    call(400, {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens.",
      type: 'BadRequestError',
      code: 400,
    }),
    'vllm',
    'context-length',
  ],
  [
    'Google key',
    call(
      400,
      google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        { reason: 'API_KEY_INVALID' },
      ]),
    ),
    'google',
    'authentication',
  ],
  ['Google permission', call(403, google(403, 'PERMISSION_DENIED')), 'google', 'permission'],
  [
    'Google quota that passes',
    call(
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [{ retryDelay: '34s' }],
      ),
    ),
    'google',
    'rate-limit',
  ],
  ['Google 503', call(503, google(503, 'UNAVAILABLE')), 'google', 'overloaded'],
  [
    'Google model',
    call(404, google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta')),
    'google',
    'model-not-found',
  ],
  [
    'Google tokens',
    call(
      400,
      google(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
    ),
    'google',
    'context-length',
  ],
  ['Google in a stream', google(503, 'UNAVAILABLE').error, 'google', 'overloaded'],
  [
    'VS Code consent',
    Object.assign(new Error('no'), { name: 'LanguageModelError', code: 'NoPermissions' }),
    'vscode',
    'permission',
  ],
  [
    'VS Code quota',
    Object.assign(new Error('no'), { name: 'LanguageModelError', code: 'Blocked' }),
    'vscode',
    'billing',
  ],
  [
    'VS Code model',
    Object.assign(new Error('no'), { name: 'LanguageModelError', code: 'NotFound' }),
    'vscode',
    'model-not-found',
  ],
  [
    'VS Code unknown',
    Object.assign(new Error('no'), { name: 'LanguageModelError', code: 'Unknown' }),
    'vscode',
    'unknown',
  ],
  [
    'VS Code rate',
    Object.assign(new Error('x', { cause: new Error('Rate limit exceeded') }), { code: 'Unknown' }),
    'vscode',
    'rate-limit',
  ],
  ['the same words elsewhere', new Error('rate limit exceeded'), 'openai', 'unknown'],
  ['408', call(408, ''), 'openai', 'timeout'],
  ['422', call(422, ''), 'openai', 'invalid-request'],
  [
    'a gateway',
    call(502, '<html><title>Bad gateway</title></html>', { 'content-type': 'text/html' }),
    'openai',
    'server-error',
  ],
  [
    'a login page',
    call(200, '<!DOCTYPE html><html>Sign in to WiFi', { 'content-type': 'text/html' }),
    'openai',
    'malformed-output',
  ],
  ['refused', withCode('ECONNREFUSED'), 'openai', 'network'],
  [
    'reset under fetch',
    new TypeError('fetch failed', { cause: withCode('ECONNRESET') }),
    'openai',
    'network',
  ],
  ['cut body', new TypeError('terminated'), 'openai', 'network'],
  [
    'cut body in the SDK',
    new APICallError({
      message: 'Failed to process successful response',
      url: '',
      requestBodyValues: {},
      statusCode: 200,
      cause: new TypeError('terminated', {
        cause: withCode('UND_ERR_SOCKET', 'other side closed'),
      }),
    }),
    'openai',
    'network',
  ],
  [
    'no such host',
    new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }),
    'openai',
    'network',
  ],
  ['EPIPE', withCode('EPIPE'), 'openai', 'network'],
  ['EAI_AGAIN', withCode('EAI_AGAIN'), 'openai', 'network'],
  [
    'a certificate',
    new TypeError('fetch failed', { cause: withCode('SELF_SIGNED_CERT_IN_CHAIN') }),
    'openai',
    'network',
  ],
  [
    'headers too late',
    new TypeError('fetch failed', { cause: withCode('UND_ERR_HEADERS_TIMEOUT') }),
    'openai',
    'timeout',
  ],
  ['a timeout of the platform', new DOMException('late', 'TimeoutError'), 'openai', 'timeout'],
  ['no key', new LoadAPIKeyError({ message: 'missing' }), 'openai', 'authentication'],
  [
    'no model',
    new NoSuchModelError({ modelId: 'x', modelType: 'languageModel' }),
    'openai',
    'model-not-found',
  ],
  ['no body', new EmptyResponseBodyError({}), 'openai', 'malformed-output'],
  [
    'wrong shape',
    new TypeValidationError({ value: { a: 1 }, cause: new Error('x') }),
    'openai',
    'malformed-output',
  ],
  [
    'an error in the wrong shape',
    new TypeValidationError({
      value: { error: { code: 429, message: 'slow' } },
      cause: new Error('x'),
    }),
    'openai',
    'rate-limit',
  ],
  [
    'no JSON',
    new JSONParseError({ text: 'x', cause: new SyntaxError('x') }),
    'openai',
    'malformed-output',
  ],
  ['wrong contents', new InvalidResponseDataError({ data: {} }), 'openai', 'malformed-output'],
  ['no output', new NoOutputGeneratedError(), 'openai', 'malformed-output'],
  [
    'an unknown tool',
    new NoSuchToolError({ toolName: 'x', availableTools: [] }),
    'openai',
    'tool-error',
  ],
  [
    'a bad prompt',
    new InvalidPromptError({ prompt: 1, message: 'x' }),
    'openai',
    'invalid-request',
  ],
  [
    'retries of the SDK',
    new RetryError({
      message: 'Failed after 3 attempts',
      reason: 'maxRetriesExceeded',
      errors: [call(500, ''), call(529, anthropic('overloaded_error'))],
    }),
    'anthropic',
    'overloaded',
  ],
  ['a bug', new RangeError('x'), 'openai', 'unknown'],
  ['a text', 'boom', 'openai', 'unknown'],
  ['nothing', undefined, 'openai', 'unknown'],
];

describe('what went wrong with a call', () => {
  for (const [name, thrown, provider, kind] of CASES) {
    it(`is ${kind}: ${name}`, () => {
      assert.equal(kindOf(thrown, provider), kind);
    });
  }

  it('is each of the kinds, thrown or by how the answer ended', () => {
    const kinds = new Set<CallFailureKind>(CASES.map(([, , , kind]) => kind));
    for (const raw of ['length', 'content-filter']) {
      const failure = classifyFinish({ unified: raw, raw: undefined });
      kinds.add(failure?.kind ?? 'unknown');
    }
    assert.deepEqual([...kinds].sort(), [...CALL_FAILURES].sort());
  });

  it('has the status and the moment that the provider names', () => {
    const failure = classifyThrown(
      call(429, anthropic('rate_limit_error', 'Slow down.'), { 'Retry-After': '34' }),
      {
        provider: 'anthropic',
        now: NOW,
      },
    );
    assert.deepEqual(failure, {
      kind: 'rate-limit',
      message: 'Slow down.',
      status: 429,
      notBefore: NOW + 34_000,
    });
    const inBody = call(429, google(429, 'RESOURCE_EXHAUSTED', 'x', [{ retryDelay: '12.5s' }]));
    assert.equal(classifyThrown(inBody, { provider: 'google', now: NOW }).notBefore, NOW + 12_500);
    const noKey = call(401, openai('x', 'invalid_api_key'), { 'retry-after': '9' });
    assert.equal(classifyThrown(noKey, { provider: 'openai', now: NOW }).notBefore, undefined);
  });

  it('heeds x-should-retry where its own table leaves it open, and never for money or keys', () => {
    const told = { 'x-should-retry': 'true' };
    assert.equal(kindOf(call(400, '', told)), 'server-error');
    assert.equal(kindOf(call(500, '', { 'x-should-retry': 'false' })), 'unknown');
    assert.equal(kindOf(call(402, '', told)), 'billing');
    assert.equal(kindOf(call(401, '', told)), 'authentication');
  });

  it('never shows a key, a body or a control character', () => {
    const keys = [
      'sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789',
      'sk-proj-abc***************wxyz',
      'AIzaSyA1234567890abcdefghijklmnopqrstuv',
      'Bearer abc.def-ghi123',
      'x-api-key: short123',
      'https://user:hunter2@host/',
      'https://host/v1?key=abc123',
    ];
    const secrets = [
      'AbCdEfGhIjKl',
      'wxyz',
      'SyA1234567890',
      'abc.def-ghi123',
      'short123',
      'hunter2',
      'abc123',
    ];
    keys.forEach((key, index) => {
      for (const thrown of [
        new Error(`Incorrect API key provided: ${key}. See the docs.`),
        call(401, openai('x', 'invalid_api_key', `Wrong: ${key}`)),
      ]) {
        const { message } = classifyThrown(thrown, { provider: 'openai', now: NOW });
        assert.ok(!message.includes(secrets[index] ?? '?'), message);
      }
    });
    const { message } = classifyThrown(new Error('a\u001b[31mred\u0007\u0085\nb\u202ec'), {
      provider: 'x',
      now: NOW,
    });
    assert.equal(message, 'ared bc');
    const page = classifyThrown(call(500, `<html>${'x'.repeat(9000)}`), {
      provider: 'x',
      now: NOW,
    });
    assert.ok(page.message.length < 100);
    const never = classifyThrown(call(500, 'plain secret body'), { provider: 'x', now: NOW });
    assert.ok(!never.message.includes('secret'));
  });

  it('is told of anything in one line of at most 500 characters, and never throws', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('openai', 'vscode', 'google'),
        (thing, provider) => {
          const thrown =
            fc.stringify(thing).length % 2 === 0
              ? thing
              : Object.assign(new Error(fc.stringify(thing)), { data: thing });
          const failure = classifyThrown(thrown, { provider, now: NOW });
          assert.ok(CALL_FAILURES.includes(failure.kind));
          assert.ok(failure.message.length > 0 && failure.message.length <= 500);
          assert.ok(!/\p{Cc}/u.test(failure.message));
        },
      ),
      { numRuns: 2000 },
    );
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    assert.equal(kindOf(hostile), 'unknown');
    const ring: { cause?: unknown } = {};
    ring.cause = ring;
    assert.equal(kindOf(ring), 'unknown');
  });

  it('is known of real sockets', async () => {
    const server = http.createServer((request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setImmediate(() => response.destroy());
      } else {
        request.socket.destroy();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const thrownBy = async (path: string) => {
      try {
        await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
        return undefined;
      } catch (thrown) {
        return thrown;
      }
    };
    assert.equal(kindOf(await thrownBy('/cut')), 'network');
    assert.equal(kindOf(await thrownBy('/reset')), 'network');
    server.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.once('close', resolve));
    assert.equal(kindOf(await thrownBy('/gone')), 'network');
  });
});

describe('how an answer ended', () => {
  const kind = (unified: string, raw?: string) => classifyFinish({ unified, raw })?.kind;

  it('is good when the model came to its end or calls tools', () => {
    assert.equal(kind('stop', 'end_turn'), undefined);
    assert.equal(kind('tool-calls', 'tool_use'), undefined);
    assert.equal(kind('other', 'pause_turn'), undefined);
  });

  it('is a failure when it was cut, filtered, refused or too long', () => {
    assert.equal(kind('length', 'max_tokens'), 'truncated');
    assert.equal(kind('length', 'model_context_window_exceeded'), 'context-length');
    assert.equal(kind('content-filter', 'refusal'), 'content-refused');
    assert.equal(kind('content-filter', 'SAFETY'), 'content-refused');
    assert.equal(kind('error', 'MALFORMED_FUNCTION_CALL'), 'tool-error');
    assert.equal(kind('error', 'error'), 'server-error');
    assert.equal(kind('other'), 'truncated');
    assert.equal(classifyFinish(undefined)?.kind, 'truncated');
    assert.match(classifyFinish(undefined, 200)?.message ?? '', /cut off/);
  });
});
