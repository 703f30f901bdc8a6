// Claude Code with gglib as its gateway (ANTHROPIC_BASE_URL). It is not free software: who runs it accepts Anthropic's terms (LICENSE.md of the package).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert, base, run } from '../../lib/tasks.mjs'
import { answered, bodies, call, failed, model, printed, script, scriptWith, secret, smallModel, toolLoop, withAgent } from '../lib/agent.mjs'

const claude = fileURLToPath(new URL('node_modules/.bin/claude', import.meta.url))
const mcp = fileURLToPath(new URL('../lib/mcp.mjs', import.meta.url))

const claudeTask = (task, body) => () => withAgent('claude', task, (agent) => {
  const env = {
    ANTHROPIC_BASE_URL: agent.base,
    ANTHROPIC_AUTH_TOKEN: 'any',
    ANTHROPIC_MODEL: model,
    // Without it Claude Code assumes a context of a million tokens for a model that it does not know.
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: '131072',
    // Telemetry, updates and error reports.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }
  const ask = (args, more = {}) => agent.start(claude, ['-p', ...args], { ...env, ...more })
  return body({ ...agent, ask })
})

/** A loop over a tool of the MCP server, which returns a random text. */
function vaultLoop({ work, ask }, env) {
  const content = secret()
  writeFileSync(join(work, 'mcp.json'), JSON.stringify({ mcpServers: { vault: { command: process.execPath, args: [mcp], env: { SECRET: content } } } }))
  return { ...toolLoop('mcp__vault__read_vault', { drawer: 'top' }, `top: ${content}`), ended: () => ask(['Read the vault.', '--mcp-config', 'mcp.json', '--allowedTools', 'mcp__vault'], env) }
}

const tasks = {
  'tool loop': async ({ work, ask, exchanges }) => {
    const content = secret()
    writeFileSync(join(work, 'note.txt'), content)
    const { turns, answer } = toolLoop('Bash', { command: 'cat note.txt', description: 'Print the note' }, content)
    script(...turns)
    printed(await ask(['Print note.txt.', '--allowedTools', 'Bash(cat:*)']), answer)
    const [result] = bodies(exchanges, '/v1/messages').at(-1).messages.flatMap(({ content }) => content).filter(({ type }) => type === 'tool_result')
    assert.ok(!result.is_error)
    answered(exchanges)
  },
  'parallel calls': async ({ work, ask, exchanges }) => {
    const [one, two, answer] = [secret(), secret(), secret()]
    writeFileSync(join(work, 'one.txt'), one)
    writeFileSync(join(work, 'two.txt'), two)
    const read = (index, name) => ({ index, id: `call_${index}`, type: 'function', function: { name: 'Read', arguments: JSON.stringify({ file_path: join(work, name) }) } })
    // The results come in the order in which the calls end.
    script({ last: 'tool', contains: one, text: answer }, { last: 'tool', contains: two, text: answer }, { offers: 'Read', chunks: [{ toolCalls: [read(0, 'one.txt')] }, { toolCalls: [read(1, 'two.txt')] }] })
    printed(await ask(['Read both files.', '--allowedTools', 'Read']), answer)
    const sent = JSON.stringify(bodies(exchanges, '/v1/messages').at(-1).messages)
    assert.ok(sent.includes(one) && sent.includes(two), 'the second request lacks a result')
    answered(exchanges)
  },
  'tool from an MCP server': async (agent) => {
    // Without tool search each tool is offered from the start.
    const { turns, ended, answer } = vaultLoop(agent, { ENABLE_TOOL_SEARCH: 'false' })
    script(...turns)
    printed(await ended(), answer)
    answered(agent.exchanges)
  },
  'tool search': async (agent) => {
    const { turns, ended, answer } = vaultLoop(agent)
    const [done, , read] = turns
    // The model first asks for the tool. Claude Code offers it in the next request.
    script(done, { ...read, last: 'tool' }, call('ToolSearch', { query: 'select:mcp__vault__read_vault', max_results: 1 }))
    printed(await ended(), answer)
    answered(agent.exchanges)
  },
  'second turn': async ({ ask, exchanges }) => {
    const [first, second] = [secret(), secret()]
    script({ text: first })
    printed(await ask(['My first question.']), first)
    script({ text: second })
    printed(await ask(['My second question.', '--continue']), second)
    const sent = JSON.stringify(bodies(exchanges, '/v1/messages').at(-1).messages)
    for (const text of ['My first question.', first, 'My second question.']) assert.ok(sent.includes(text), `the second request lacks '${text}'`)
    answered(exchanges)
  },
  thinking: async ({ ask, exchanges }) => {
    const [thought, answer, second] = [secret(), secret(), secret()]
    script({ chunks: [{ reasoning: thought }, { content: answer }] })
    const ended = await ask(['My first question.', '--output-format', 'stream-json', '--verbose'])
    printed(ended, answer)
    const blocks = ended.stdout.trim().split('\n').map((line) => JSON.parse(line)).filter(({ type }) => type === 'assistant').flatMap(({ message }) => message.content)
    assert.ok(blocks.some(({ type, thinking }) => type === 'thinking' && thinking === thought), 'the thinking has not arrived')
    script({ text: second })
    printed(await ask(['My second question.', '--continue']), second)
    assert.ok(JSON.stringify(bodies(exchanges, '/v1/messages').at(-1).messages).includes(thought), 'the thinking is not sent back')
    answered(exchanges)
  },
  'token counting': async ({ ask, exchanges }) => {
    // The scripted llama-server cannot count.
    scriptWith({ answers: { '/v1/chat/completions/input_tokens': { body: '{"input_tokens":4321}' } } })
    printed(await ask(['/context']), `**Model:** ${model}`)
    const counts = exchanges.filter(({ path }) => path.startsWith('/v1/messages/count_tokens'))
    assert.ok(counts.length > 0, 'Claude Code has counted nothing')
    for (const { response } of counts) assert.deepEqual(JSON.parse(response), { input_tokens: 4321 })
    answered(exchanges)
  },
  'model list': async ({ home, ask, exchanges }) => {
    // Claude Code offers those of a gateway's models whose names begin with claude or anthropic.
    const change = (method, path, body) => fetch(base + path, { method, body: JSON.stringify(body) })
    await change('POST', '/api/copy', { source: model, destination: 'claude-local' })
    try {
      script({ text: 'Hello.' })
      printed(await ask(['Hello.'], { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' }), 'Hello.')
    } finally {
      await change('DELETE', '/api/delete', { model: 'claude-local' })
    }
    const { models } = JSON.parse(readFileSync(join(home, '.claude/cache/gateway-models.json')))
    assert.deepEqual(models.map(({ id }) => id), ['claude-local:latest'])
    answered(exchanges)
  },
  'unknown model': async ({ ask }) => failed(await ask(['Hello.'], { ANTHROPIC_MODEL: 'no-such-model' }), /issue with the selected model \(no-such-model\)/),
  'context overflow': async ({ ask }) => failed(await ask(['word '.repeat(3000)], { ANTHROPIC_MODEL: smallModel }), /Prompt is too long .*limit 2048/),
}

await run('agents/claude', '@anthropic-ai/claude-code', Object.fromEntries(Object.entries(tasks).map(([task, body]) => [task, claudeTask(task, body)])))
