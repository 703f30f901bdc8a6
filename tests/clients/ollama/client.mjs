import { Ollama } from 'ollama'
import { abortAfter, assert, base, capital, citySchema, containsParis, embeddingModel, getWeather, isCity, Limit, model, rejection, run, tooLong, weather, weatherSchema } from '../lib/tasks.mjs'

const client = new Ollama({ host: base })
const user = (content) => [{ role: 'user', content }]
const tools = [{ type: 'function', function: { name: 'get_weather', description: 'Gets the current weather of a city', parameters: weatherSchema } }]

async function toolLoop(ask) {
  const messages = user(weather)
  const first = await ask(messages)
  assert.equal(first.tool_calls?.[0]?.function.name, 'get_weather')
  messages.push(first, { role: 'tool', tool_name: 'get_weather', content: getWeather(first.tool_calls[0].function.arguments) })
  assert.ok((await ask(messages)).content.length > 0)
}

await run('ollama', 'ollama', {
  'list': async () => {
    assert.ok((await client.list()).models.some((entry) => entry.name.startsWith(model)))
    assert.ok((await client.show({ model })).capabilities.includes('tools'))
  },
  'chat': async () => {
    const answer = await client.chat({ model, messages: user(capital), think: false })
    containsParis(answer.message.content)
    assert.equal(answer.done_reason, 'stop')
  },
  'stream': async () => {
    let text = ''
    for await (const part of await client.chat({ model, messages: user(capital), think: false, stream: true })) text += part.message.content
    containsParis(text)
  },
  'tool loop': () => toolLoop(async (messages) => (await client.chat({ model, messages, tools, think: false })).message),
  'streamed tool loop': () => toolLoop(async (messages) => {
    const whole = { role: 'assistant', content: '', tool_calls: [] }
    for await (const part of await client.chat({ model, messages, tools, think: false, stream: true })) {
      whole.content += part.message.content
      whole.tool_calls.push(...(part.message.tool_calls ?? []))
    }
    return whole
  }),
  'structured output': async () => {
    const answer = await client.chat({ model, messages: user(capital), think: false, format: citySchema })
    isCity(JSON.parse(answer.message.content))
  },
  'thinking': async () => {
    const answer = await client.chat({ model, messages: user(capital), think: true })
    assert.ok(answer.message.thinking.length > 0)
    containsParis(answer.message.content)
  },
  'embeddings': async () => {
    const answer = await client.embed({ model: embeddingModel, input: ['a', 'b'] })
    assert.equal(answer.embeddings.length, 2)
    assert.notDeepEqual(answer.embeddings[0], answer.embeddings[1])
  },
  'token counting': async () => {
    throw new Limit("Ollama's API has no token counting")
  },
  'abort': async () => {
    const stream = await client.chat({ model, messages: user('Count to one thousand.'), stream: true })
    await abortAfter(3, stream, () => stream.abort())
  },
  'unknown model': async () => {
    const error = await rejection(client.chat({ model: 'no-such-model', messages: user('hi') }))
    assert.equal(error.status_code, 404)
    assert.match(error.message, /model 'no-such-model' not found/)
  },
  'context overflow': async () => {
    const answer = await client.chat({ model, messages: user(tooLong), think: false, options: { num_predict: 4 } })
    assert.ok(answer.prompt_eval_count <= 4096, 'Ollama truncates the prompt')
  },
  'second turn': async () => {
    const messages = user('My name is Zebra. Say hello.')
    const first = await client.chat({ model, messages, options: { num_predict: 60 } })
    containsParis((await client.chat({ model, messages: [...messages, first.message, ...user(capital)], think: false })).message.content)
  },
})
