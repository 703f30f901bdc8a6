import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'
import { abortAfter, assert, base, capital, cities, containsParis, getWeather, isCity, Limit, model, rejection, run, tooLong, weather } from '../lib/tasks.mjs'

const client = new Anthropic({ baseURL: base, apiKey: 'any', maxRetries: 0 })
const user = (content) => [{ role: 'user', content }]
const off = { thinking: { type: 'disabled' } }
const tool = betaZodTool({ name: 'get_weather', description: 'Gets the current weather of a city', inputSchema: z.object({ city: z.string() }), run: getWeather })
const textOf = (message) => message.content.filter((block) => block.type === 'text').map((block) => block.text).join('')

await run('anthropic', '@anthropic-ai/sdk', {
  'list': async () => {
    const ids = []
    for await (const entry of client.models.list()) ids.push(entry.id)
    assert.ok(ids.some((id) => id.startsWith(model)))
  },
  'chat': async () => {
    const answer = await client.messages.create({ model, max_tokens: 100, messages: user(capital), ...off })
    containsParis(textOf(answer))
    assert.equal(answer.stop_reason, 'end_turn')
  },
  'stream': async () => {
    const stream = client.messages.stream({ model, max_tokens: 100, messages: user(capital), ...off })
    containsParis(await stream.finalText())
    assert.ok((await stream.finalMessage()).usage.input_tokens > 0)
  },
  'tool loop': async () => {
    const answer = await client.beta.messages.toolRunner({ model, max_tokens: 200, messages: user(weather), tools: [tool], ...off })
    assert.ok(textOf(answer).length > 0)
  },
  'streamed tool loop': async () => {
    const runner = client.beta.messages.toolRunner({ model, max_tokens: 200, messages: user(weather), tools: [tool], stream: true, ...off })
    let [turns, calls] = [0, 0]
    for await (const stream of runner) {
      turns++
      for await (const event of stream) calls += event.type === 'content_block_start' && event.content_block.type === 'tool_use' ? 1 : 0
    }
    assert.ok(turns >= 2 && calls >= 1)
  },
  'structured output': async () => {
    const answer = await client.messages.parse({ model, max_tokens: 200, messages: user(capital), output_config: { format: zodOutputFormat(z.object({ city: z.enum(cities), isCapital: z.boolean() })) }, ...off })
    isCity(answer.parsed_output)
  },
  'thinking': async () => {
    const answer = await client.messages.create({ model, max_tokens: 400, messages: user(capital), thinking: { type: 'enabled', budget_tokens: 1024 } })
    assert.equal(answer.content[0].type, 'thinking')
    assert.ok(answer.content[0].thinking.length > 0 && answer.content[0].signature.length > 0)
    containsParis(textOf(answer))
  },
  'embeddings': async () => {
    throw new Limit("Anthropic's API has no embeddings")
  },
  'token counting': async () => {
    const counted = await client.messages.countTokens({ model, messages: user(capital), ...off })
    const answer = await client.messages.create({ model, max_tokens: 1, messages: user(capital), ...off })
    assert.equal(counted.input_tokens, answer.usage.input_tokens + (answer.usage.cache_read_input_tokens ?? 0))
  },
  'abort': async () => {
    const stream = client.messages.stream({ model, max_tokens: 3000, messages: user('Count to one thousand.') })
    await abortAfter(3, stream, () => stream.abort())
  },
  'unknown model': async () => {
    const error = await rejection(client.messages.create({ model: 'no-such-model', max_tokens: 9, messages: user('hi') }))
    assert.ok(error instanceof Anthropic.NotFoundError)
    assert.equal(error.error.error.type, 'not_found_error')
  },
  'context overflow': async () => {
    const error = await rejection(client.messages.create({ model, max_tokens: 9, messages: user(tooLong) }))
    assert.ok(error instanceof Anthropic.BadRequestError)
    assert.match(error.message, /prompt is too long: \d+ tokens > \d+ maximum/)
  },
  'second turn': async () => {
    const messages = user('My name is Zebra. Say hello.')
    const first = await client.messages.create({ model, max_tokens: 300, messages, thinking: { type: 'enabled', budget_tokens: 1024 } })
    const second = await client.messages.create({ model, max_tokens: 100, messages: [...messages, { role: 'assistant', content: first.content }, ...user(capital)], ...off })
    containsParis(textOf(second))
  },
})
