// Codex with gglib as a provider of its own, as the built-in provider at another address, and as Ollama (--oss).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert, run } from '../../lib/tasks.mjs'
import { answered, bodies, failed, model, printed, script, scriptWith, secret, smallModel, toolLoop, withAgent } from '../lib/agent.mjs'

const codex = fileURLToPath(new URL('node_modules/.bin/codex', import.meta.url))
const mcp = fileURLToPath(new URL('../lib/mcp.mjs', import.meta.url))

// Codex reads a provider's models only with a command that prints the key.
const provider = (base) => `
model_provider = "gglib"
[model_providers.gglib]
name = "gglib"
base_url = "${base}/v1"
wire_api = "responses"
[model_providers.gglib.auth]
command = "echo"
args = ["any"]
`
// The sandbox needs rights that a container may not have. This working directory holds nothing.
const common = `
check_for_update_on_startup = false
sandbox_mode = "danger-full-access"
`
const quiet = `
[analytics]
enabled = false
`

const codexTask = (task, body) => () => withAgent('codex', task, (agent) => {
  const configure = (text) => agent.configure('.codex/config.toml', common.trimStart() + text + quiet)
  const exec = (args, env) => agent.start(codex, ['exec', '--skip-git-repo-check', ...args], env)
  return body({ ...agent, configure, exec })
})

/** A loop with Codex's shell tool over a file with random content. */
async function shellLoop({ work, exec, exchanges }, args, env) {
  const content = secret()
  writeFileSync(join(work, 'note.txt'), content)
  const { turns, answer } = toolLoop('exec_command', { cmd: 'cat note.txt' }, content)
  script(...turns)
  const ended = await exec([...args, 'Read note.txt.'], env)
  printed(ended, answer)
  const last = bodies(exchanges, '/v1/responses').at(-1).input.at(-1)
  assert.equal(last.type, 'function_call_output')
  return ended
}

const tasks = {
  'tool loop': async (agent) => {
    agent.configure(`model = "${model}"${provider(agent.base)}`)
    const ended = await shellLoop(agent, [])
    assert.doesNotMatch(ended.stderr, /Model metadata/)
    assert.ok(agent.exchanges.some(({ path }) => path.startsWith('/v1/models?client_version=')), 'Codex has not read the models')
    assert.ok(agent.exchanges.every(({ headers }) => !headers['content-encoding']), 'Codex has compressed a request')
    answered(agent.exchanges)
  },
  'tool from an MCP server': async ({ base, configure, exec, exchanges }) => {
    const content = secret()
    configure(`model = "${model}"${provider(base)}
[mcp_servers.vault]
command = "${process.execPath}"
args = ["${mcp}"]
env = { SECRET = "${content}" }
default_tools_approval_mode = "approve"
`)
    const { turns, answer } = toolLoop('mcp__vault__read_vault', { drawer: 'top' }, `top: ${content}`)
    script(...turns)
    printed(await exec(['Read the vault.']), answer)
    answered(exchanges)
  },
  resume: async ({ base, configure, exec, exchanges }) => {
    configure(`model = "${model}"${provider(base)}`)
    const [first, second] = [secret(), secret()]
    script({ contains: 'first question', text: first })
    printed(await exec(['My first question.']), first)
    script({ contains: 'second question', text: second })
    printed(await exec(['resume', '--last', 'My second question.']), second)
    const sent = JSON.stringify(bodies(exchanges, '/v1/responses').at(-1).input)
    for (const text of ['My first question.', first]) assert.ok(sent.includes(text), `the second request lacks '${text}'`)
    answered(exchanges)
  },
  'built-in provider (openai_base_url)': async (agent) => {
    agent.configure(`model = "${model}"\nopenai_base_url = "${agent.base}/v1"\n`)
    const ended = await shellLoop(agent, [], { CODEX_API_KEY: 'any' })
    assert.doesNotMatch(ended.stderr, /Reconnecting/, 'Codex has tried several times to open a WebSocket')
  },
  '--oss': async (agent) => {
    agent.configure('')
    await shellLoop(agent, ['--oss', '--local-provider', 'ollama', '-m', `${model}:latest`], { CODEX_OSS_BASE_URL: `${agent.base}/v1` })
    assert.deepEqual([...new Set(agent.exchanges.map(({ path }) => path))], ['/v1/models', '/api/version', '/api/tags', '/v1/responses'])
    answered(agent.exchanges)
  },
  '--oss with CODEX_OSS_PORT': async (agent) => {
    agent.configure('')
    await shellLoop(agent, ['--oss', '--local-provider', 'ollama', '-m', `${model}:latest`], { CODEX_OSS_PORT: new URL(agent.base).port })
  },
  '--oss with a name without its tag': async (agent) => {
    agent.configure('')
    await shellLoop(agent, ['--oss', '--local-provider', 'ollama', '-m', model], { CODEX_OSS_BASE_URL: `${agent.base}/v1` })
  },
  'unknown model': async ({ base, configure, exec, exchanges }) => {
    configure(`model = "no-such-model"${provider(base)}`)
    failed(await exec(['Hello.']), /no-such-model/)
    assert.equal(exchanges.at(-1).status, 404)
  },
  'context overflow': async ({ base, configure, exec }) => {
    configure(`model = "${smallModel}"${provider(base)}`)
    failed(await exec(['word '.repeat(3000)]), /ran out of room in the model's context window/)
  },
  compaction: async ({ base, configure, exec, exchanges }) => {
    configure(`model = "${model}"${provider(base)}`)
    const [first, summary, second] = [secret(), secret(), secret()]
    scriptWith({ promptTokens: 130_000 }, { text: first })
    printed(await exec(['My first question.']), first)
    script({ contains: 'second question', text: second }, { text: summary })
    printed(await exec(['resume', '--last', 'My second question.']), second)
    const sent = JSON.stringify(bodies(exchanges, '/v1/responses').at(-1).input)
    assert.ok(sent.includes(summary) && !sent.includes(first), 'the last request does not start from the summary')
    answered(exchanges)
  },
}

await run('agents/codex', '@openai/codex', Object.fromEntries(Object.entries(tasks).map(([task, body]) => [task, codexTask(task, body)])))
