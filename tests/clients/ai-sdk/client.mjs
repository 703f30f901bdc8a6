import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embedMany, generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { createOllama } from 'ollama-ai-provider-v2'
import { z } from 'zod'
import { abortAfter, assert, base, capital, cities, containsParis, embeddingModel, getWeather, isCity, Limit, model, rejection, run, tooLong, weather } from '../lib/tasks.mjs'

const openai = createOpenAI({ baseURL: `${base}/v1`, apiKey: 'any' })
const compatible = createOpenAICompatible({ name: 'gglib', baseURL: `${base}/v1`, apiKey: 'any', includeUsage: true, supportsStructuredOutputs: true })
const anthropic = createAnthropic({ baseURL: `${base}/v1`, apiKey: 'any' })
const ollama = createOllama({ baseURL: `${base}/api` })

const tools = { get_weather: tool({ description: 'Gets the current weather of a city', inputSchema: z.object({ city: z.string() }), execute: async (input) => getWeather(input) }) }
const output = Output.object({ schema: z.object({ city: z.enum(cities), isCapital: z.boolean() }) })

function tasksOf(language, thinkingOptions, plainOptions, embedding, overflow) {
  const ask = (options) => generateText({ model: language, maxRetries: 0, providerOptions: plainOptions, ...options })
  const stream = (options) => {
    const result = streamText({ model: language, maxRetries: 0, providerOptions: plainOptions, onError: ({ error }) => { result.failure = error }, ...options })
    return result
  }
  return {
    'chat': async () => {
      const answer = await ask({ prompt: capital })
      containsParis(answer.text)
      assert.equal(answer.finishReason, 'stop')
      assert.ok(answer.usage.inputTokens > 0)
    },
    'stream': async () => containsParis(await stream({ prompt: capital }).text),
    'tool loop': async () => {
      const answer = await ask({ prompt: weather, tools, stopWhen: stepCountIs(4) })
      assert.ok(answer.text.length > 0)
      assert.ok(answer.steps.some((step) => step.toolResults.length > 0))
    },
    'streamed tool loop': async () => {
      const result = stream({ prompt: weather, tools, stopWhen: stepCountIs(4) })
      assert.ok((await result.text).length > 0)
      assert.ok((await result.steps).some((step) => step.toolResults.length > 0))
    },
    // The Anthropic provider turns the schema into a forced tool. The demo model calls a tool at once only for the weather; elsewhere it may first write text up to its limit.
    'structured output': async () => isCity((await ask({ prompt: weather, output })).output),
    'thinking': async () => {
      const answer = await ask({ prompt: capital, providerOptions: thinkingOptions, maxOutputTokens: 2048 })
      assert.ok(answer.reasoningText?.length > 0, 'no reasoning')
      containsParis(answer.text)
    },
    'embeddings': async () => {
      if (!embedding) throw new Limit("Anthropic's API has no embeddings")
      assert.equal((await embedMany({ model: embedding, values: ['a', 'b'], maxRetries: 0 })).embeddings.length, 2)
    },
    'abort': async () => {
      const controller = new AbortController()
      await abortAfter(3, stream({ prompt: 'Count to one thousand.', abortSignal: controller.signal }).textStream, () => controller.abort())
    },
    'context overflow': async () => {
      if (!overflow) throw new Limit('Ollama truncates the prompt')
      assert.match((await rejection(ask({ prompt: tooLong }))).message, overflow)
    },
    'second turn': async () => {
      const first = await ask({ prompt: 'My name is Zebra. Say hello.', providerOptions: thinkingOptions, maxOutputTokens: 2048 })
      const second = await ask({ messages: [{ role: 'user', content: 'My name is Zebra. Say hello.' }, ...first.response.messages, { role: 'user', content: capital }] })
      containsParis(second.text)
    },
  }
}

const unknown = (make) => async () => assert.equal((await rejection(generateText({ model: make('no-such-model'), prompt: 'hi', maxRetries: 0 }))).statusCode, 404)

const providers = {
  '@ai-sdk/openai': [tasksOf(openai(model), { openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true } }, { openai: { reasoningEffort: 'none' } }, openai.textEmbeddingModel(embeddingModel), /context/), openai],
  '@ai-sdk/openai-compatible': [tasksOf(compatible(model), { gglib: { reasoningEffort: 'low' } }, { gglib: { reasoningEffort: 'none' } }, compatible.textEmbeddingModel(embeddingModel), /context/), compatible],
  '@ai-sdk/anthropic': [tasksOf(anthropic(model), { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } }, { anthropic: { thinking: { type: 'disabled' } } }, null, /prompt is too long/), anthropic],
  'ollama-ai-provider-v2': [tasksOf(ollama(model), { ollama: { think: true } }, { ollama: { think: false } }, ollama.textEmbeddingModel(embeddingModel), null), ollama],
}

for (const [name, [tasks, make]] of Object.entries(providers)) {
  await run('ai-sdk', name, { ...tasks, 'unknown model': unknown(make) })
}
