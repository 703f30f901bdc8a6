// Qwen Code with gglib as a provider: over the Chat Completions, the Responses and the Messages API.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../lib/tasks.mjs'
import { configuredContext, models, over } from '../opencode/common.mjs'

const bin = fileURLToPath(new URL('node_modules/.bin', import.meta.url))
// Qwen Code needs Node.js 22 or later: the folder pins one for Linux.
const env = { PATH: `${bin}:${process.env.PATH}` }
const apis = { chat: ['', '/v1/chat/completions'], responses: ['responses: ', '/v1/responses'], messages: ['messages: ', '/v1/messages'] }
const providers = {
  chat: ['openai', '/v1', {}],
  responses: ['openai', '/v1', { wireApi: 'responses' }],
  messages: ['anthropic', '', {}],
}

function configure({ home, base }, api) {
  const folder = join(home, '.qwen')
  const [provider, path, members] = providers[api]
  const known = models.map((id) => ({ id, envKey: 'GGLIB_API_KEY', baseUrl: base + path, ...members, generationConfig: { contextWindowSize: configuredContext } }))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({
    env: { GGLIB_API_KEY: 'any' },
    security: { auth: { selectedType: provider } },
    modelProviders: { [provider]: known },
    general: { enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
  }, null, 2))
}

const properties = {
  // Qwen Code stops reading when the command exits, and may lose output that a busy machine delivers later.
  shell: (command) => ['run_shell_command', { command: `${command}; sleep 1`, description: 'Prints the note', is_background: false }],
  read: (file_path) => ['read_file', { file_path }],
  summary: ['<state_snapshot>'],
  context: 16_384,
  prompt: 4500,
}

await run('agents/qwen', '@qwen-code/qwen-code', over('qwen', apis, properties, configure,
  ({ start }, api, prompt, model, options) => start(join(bin, 'qwen'), ['--yolo', ...options, '--model', model, prompt], env)))
