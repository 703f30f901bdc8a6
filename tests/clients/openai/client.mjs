import OpenAI from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { abortAfter, assert, base, capital, cities, containsParis, embeddingModel, getWeather, isCity, model, rejection, run, tooLong, weather, weatherSchema } from '../lib/tasks.mjs'

const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'any', maxRetries: 0 })
const City = z.object({ city: z.enum(cities), isCapital: z.boolean() })
const user = (content) => [{ role: 'user', content }]
const chatTool = { type: 'function', function: { name: 'get_weather', description: 'Gets the current weather of a city', parameters: weatherSchema } }
const tool = { type: 'function', name: 'get_weather', description: 'Gets the current weather of a city', parameters: weatherSchema, strict: false }

await run('openai', 'openai', {
  'list': async () => {
    const ids = []
    for await (const entry of client.models.list()) ids.push(entry.id)
    assert.ok(ids.some((id) => id.startsWith(model)))
    assert.equal((await client.models.retrieve(model)).object, 'model')
  },
  'chat': async () => {
    const answer = await client.chat.completions.create({ model, messages: user(capital), reasoning_effort: 'none' })
    containsParis(answer.choices[0].message.content)
    assert.equal(answer.choices[0].finish_reason, 'stop')
    assert.ok(answer.usage.prompt_tokens > 0 && answer.usage.completion_tokens > 0)
  },
  'stream': async () => {
    let text = ''
    const stream = await client.chat.completions.create({ model, messages: user(capital), reasoning_effort: 'none', stream: true, stream_options: { include_usage: true } })
    let usage
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    containsParis(text)
    assert.ok(usage.total_tokens > 0)
  },
  'tool loop': async () => {
    const runner = client.chat.completions.runTools({
      model, messages: user(weather), reasoning_effort: 'none',
      tools: [{ type: 'function', function: { ...chatTool.function, parse: JSON.parse, function: getWeather } }],
    })
    assert.ok((await runner.finalContent()).length > 0)
    assert.ok(runner.messages.some((message) => message.role === 'tool' && /18 degrees/.test(message.content)))
  },
  'streamed tool loop': async () => {
    const runner = client.chat.completions.runTools({
      model, messages: user(weather), reasoning_effort: 'none', stream: true,
      tools: [{ type: 'function', function: { ...chatTool.function, parse: JSON.parse, function: getWeather } }],
    })
    let text = ''
    for await (const chunk of runner) text += chunk.choices[0]?.delta?.content ?? ''
    assert.ok(text.length > 0)
    assert.ok(runner.messages.some((message) => message.role === 'tool'))
  },
  'structured output': async () => {
    const answer = await client.chat.completions.parse({ model, messages: user(capital), reasoning_effort: 'none', response_format: zodResponseFormat(City, 'city') })
    isCity(answer.choices[0].message.parsed)
  },
  'thinking': async () => {
    const answer = await client.chat.completions.create({ model, messages: user(capital), reasoning_effort: 'low' })
    assert.ok(answer.choices[0].message.reasoning_content.length > 0)
    containsParis(answer.choices[0].message.content)
  },
  'embeddings': async () => {
    const answer = await client.embeddings.create({ model: embeddingModel, input: ['a', 'b'] })
    assert.equal(answer.data.length, 2)
    assert.ok(answer.data[0].embedding.every(Number.isFinite))
    assert.notDeepEqual(answer.data[0].embedding, answer.data[1].embedding)
  },
  'token counting': async () => {
    const counted = await client.responses.inputTokens.count({ model, input: capital, reasoning: { effort: 'none' } })
    const answer = await client.responses.create({ model, input: capital, reasoning: { effort: 'none' }, max_output_tokens: 16 })
    assert.equal(counted.input_tokens, answer.usage.input_tokens)
  },
  'abort': async () => {
    const controller = new AbortController()
    const stream = await client.chat.completions.create({ model, messages: user('Count to one thousand.'), stream: true, max_tokens: 3000, logit_bias: {} }, { signal: controller.signal })
    await abortAfter(3, stream, () => controller.abort())
  },
  'unknown model': async () => {
    const error = await rejection(client.chat.completions.create({ model: 'no-such-model', messages: user('hi') }))
    assert.ok(error instanceof OpenAI.NotFoundError)
    assert.match(error.message, /no-such-model/)
  },
  'context overflow': async () => {
    const error = await rejection(client.chat.completions.create({ model, messages: user(tooLong) }))
    assert.ok(error instanceof OpenAI.BadRequestError)
    assert.equal(error.code, 'context_length_exceeded')
  },
  'second turn': async () => {
    const messages = user('My name is Zebra. Say hello.')
    const first = await client.chat.completions.create({ model, messages, reasoning_effort: 'none', max_tokens: 20 })
    const second = await client.chat.completions.create({ model, messages: [...messages, first.choices[0].message, ...user(capital)], reasoning_effort: 'none' })
    assert.ok(second.usage.prompt_tokens > first.usage.prompt_tokens)
    containsParis(second.choices[0].message.content)
  },
  'responses: chat': async () => {
    const answer = await client.responses.create({ model, input: capital, reasoning: { effort: 'none' } })
    containsParis(answer.output_text)
    assert.equal(answer.status, 'completed')
  },
  'responses: stream': async () => {
    const stream = client.responses.stream({ model, input: capital, reasoning: { effort: 'low', summary: 'auto' } })
    const types = new Set()
    for await (const event of stream) types.add(event.type)
    containsParis((await stream.finalResponse()).output_text)
    assert.ok(types.has('response.reasoning_summary_text.delta') && types.has('response.output_text.delta'))
  },
  'responses: streamed tool loop': async () => {
    const first = client.responses.stream({ model, input: weather, tools: [tool], reasoning: { effort: 'none' } })
    for await (const _ of first);
    const call = (await first.finalResponse()).output.find((item) => item.type === 'function_call')
    const output = { type: 'function_call_output', call_id: call.call_id, output: getWeather(JSON.parse(call.arguments)) }
    const second = await client.responses.create({ model, previous_response_id: (await first.finalResponse()).id, input: [output], tools: [tool], reasoning: { effort: 'none' } })
    assert.ok(second.output_text.length > 0)
  },
  'responses: structured output': async () => {
    const answer = await client.responses.parse({ model, input: capital, reasoning: { effort: 'none' }, text: { format: zodTextFormat(City, 'city') } })
    isCity(answer.output_parsed)
  },
  'responses: stored second turn': async () => {
    const first = await client.responses.create({ model, input: 'My name is Zebra. Say hello.', reasoning: { effort: 'none' }, max_output_tokens: 20 })
    const second = await client.responses.create({ model, previous_response_id: first.id, input: capital, reasoning: { effort: 'none' } })
    containsParis(second.output_text)
    assert.equal((await client.responses.retrieve(first.id)).id, first.id)
    const items = []
    for await (const item of client.responses.inputItems.list(second.id)) items.push(item)
    assert.equal(items.length, 3)
    await client.responses.delete(first.id)
    assert.ok((await rejection(client.responses.retrieve(first.id))) instanceof OpenAI.NotFoundError)
  },
})
