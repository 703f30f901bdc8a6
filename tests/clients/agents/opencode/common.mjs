// The tasks that opencode, Qwen Code and pi have in common.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, base } from '../../lib/tasks.mjs'
import { answered, bodies, failed, model, printed, script, secret, withAgent } from '../lib/agent.mjs'

/** A model whose context a conversation of two turns exceeds, although each turn fits. Agents are configured with a larger one, so that the server finds the overflow. */
export const tightModel = 'agent-tight'
export const models = [model, tightModel, 'no-such-model']
export const configuredContext = 131_072

/** A chunk of the script that calls a tool. */
const called = (index, [name, args]) => ({ toolCalls: [{ index, id: `call_${secret()}`, type: 'function', function: { name, arguments: args } }] })

/** The same call as an engine streams it: the arguments come in pieces. */
const streamed = (index, [name, args]) => {
  const text = JSON.stringify(args)
  return [called(index, [name, '']), ...[text.slice(0, 5), text.slice(5)].map((piece) => ({ toolCalls: [{ index, function: { arguments: piece } }] }))]
}

/**
 * Makes the tasks of an agent.
 * `shell(command)` and `read(path)` are `[tool, arguments]`; `before` are turns of the script for requests that the agent makes on its own;
 * `summary` are texts in the agent's requests for a summary; `context` is the context of the tight model, and `prompt` the tokens of the agent's own prompt for a summary.
 */
const tasksOf = ({ shell, read, before = [], summary, context, prompt }) => ({
  'tool loop': async ({ ask, work, exchanges, request }) => {
    const [content, answer] = [secret(), secret()]
    writeFileSync(join(work, 'note.txt'), content)
    const [tool, args] = shell('cat note.txt')
    script(...before, { contains: content, text: `The note is read: ${answer}` }, { contains: 'Print the note', offers: tool, chunks: [called(0, [tool, JSON.stringify(args)])] })
    printed(await ask('Print the note.'), answer)
    answered(exchanges)
    request(content)
  },
  'parallel calls': async ({ ask, work, exchanges, request }) => {
    const [first, second, answer] = [secret(), secret(), secret()]
    writeFileSync(join(work, 'one.txt'), first)
    writeFileSync(join(work, 'two.txt'), second)
    const calls = ['one.txt', 'two.txt'].flatMap((name, index) => streamed(index, read(join(work, name))))
    script(...before, { contains: second, text: `Both are read: ${answer}` }, { contains: 'Print both', chunks: [{ reasoning: 'Two files.' }, { content: 'I read both.' }, ...calls] })
    printed(await ask('Print both files.'), answer)
    answered(exchanges)
    request(first, second, 'I read both.')
  },
  'second turn': async ({ ask, exchanges, request }) => {
    const [first, second] = [secret(), secret()]
    script(...before, { contains: 'question one', text: `Answer ${first}` }, { contains: 'question two', text: `Answer ${second}` })
    printed(await ask('This is question one.'), first)
    printed(await ask('This is question two.', { options: ['--continue'] }), second)
    answered(exchanges)
    request(first, 'question two')
  },
  'unknown model': async ({ ask }) => failed(await ask('Hello.', { with: 'no-such-model' }), /model 'no-such-model' not found/),
  // The agent recognizes the error, asks for a summary of the conversation, and asks again.
  'context overflow': async ({ ask, exchanges, request }) => {
    const size = (await makeTightModel(context)) - prompt
    const [summarized, second] = [secret(), secret()]
    const summaries = summary.map((text) => ({ contains: text, text: `Summary ${summarized}` }))
    script(...summaries, ...before, { contains: 'question one', text: 'Answer one' }, { text: `Answer ${second}` })
    printed(await ask(`This is question one. ${words(size * 0.4)}`, { with: tightModel }), 'Answer one')
    const { stdout } = await ask(`This is question two. ${words(size * 0.6)}`, { with: tightModel, options: ['--continue'] })
    assert.ok(stdout.includes(second), `expected an answer after the summary, got: ${stdout.slice(-400)}`)
    // Qwen Code's first request for a summary may be too long as well.
    assert.deepEqual([...new Set(exchanges.map(({ status }) => status))], [200, 400])
    request(summarized)
  },
})

/**
 * Each task over each API: `apis` has the prefix of the task's name for each, and the path of its requests.
 * `start(agent, api, prompt, model, options)` runs the agent once.
 */
export function over(client, apis, properties, configure, start) {
  const all = Object.entries(apis).flatMap(([api, [prefix, path]]) => Object.entries(tasksOf(properties)).map(([task, body]) => [prefix + task, () => withAgent(client, prefix + task, (agent) => {
    configure(agent, api)
    return body({
      ...agent,
      ask: (prompt, { with: name = model, options = [] } = {}) => start(agent, api, prompt, name, options),
      // There is a request with all of the texts.
      request: (...texts) => assert.ok(bodies(agent.exchanges, path).some((sent) => texts.every((text) => JSON.stringify(sent).includes(text))), `no request has ${texts}`),
    })
  })]))
  return Object.fromEntries(all)
}

async function makeTightModel(context) {
  await post('/api/create', { model: tightModel, from: model, parameters: { num_ctx: context }, stream: false })
  const refused = await post('/v1/chat/completions', { model: tightModel, messages: [{ role: 'user', content: words(400_000) }] })
  return Number(/context size \((\d+) tokens\)/.exec(refused)[1])
}

const words = (count) => 'a '.repeat(count)

async function post(path, body) {
  const answer = await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return answer.text()
}
