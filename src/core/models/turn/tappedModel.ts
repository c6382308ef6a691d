import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';

// The AI SDK fills in what a response does not say: the model asked for as the one that answered, `other` as the
// reason of its end. Here is listened to what the provider's adapter itself says.

export interface Heard {
  /** Part of the answer, not of its envelope. */
  readonly spoke: () => void;
  readonly began: (headers: Readonly<Record<string, string>>) => void;
  readonly served: (model: string) => void;
  readonly finished: (reason: LanguageModelV3FinishReason, usage: LanguageModelV3Usage) => void;
}

export type ResponseFormat = LanguageModelV3CallOptions['responseFormat'];

/** The model, overheard; `format` is what it is to answer in. Lets no warning through, which the SDK would print. */
export function tappedModel(
  model: LanguageModelV3,
  format: ResponseFormat,
  heard: Heard,
): LanguageModelV3 {
  // Google's adapter drops the name of the model that answered.
  const readsRaw = /google|vertex|gemini/i.test(model.provider);
  return {
    specificationVersion: 'v3',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    doGenerate: (options) => model.doGenerate(options),
    doStream: async (options) => {
      const result = await model.doStream({
        ...options,
        ...(format === undefined ? {} : { responseFormat: format }),
        ...(readsRaw ? { includeRawChunks: true } : {}),
      });
      heard.began(result.response?.headers ?? {});
      return { ...result, stream: result.stream.pipeThrough(overheard(heard)) };
    },
  };
}

function overheard(
  heard: Heard,
): TransformStream<LanguageModelV3StreamPart, LanguageModelV3StreamPart> {
  return new TransformStream({
    transform(part, controller) {
      switch (part.type) {
        case 'stream-start':
          controller.enqueue({ type: 'stream-start', warnings: [] });
          return;
        case 'raw': {
          const version = modelVersionOf(part.rawValue);
          if (version !== undefined) {
            heard.served(version);
          }
          return;
        }
        case 'response-metadata':
          if (part.modelId !== undefined && part.modelId !== '') {
            heard.served(part.modelId);
          }
          break;
        case 'finish':
          heard.finished(part.finishReason, part.usage);
          break;
        default:
          heard.spoke();
      }
      controller.enqueue(part);
    },
  });
}

function modelVersionOf(raw: unknown): string | undefined {
  const version =
    typeof raw === 'object' && raw !== null && 'modelVersion' in raw ? raw.modelVersion : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}
