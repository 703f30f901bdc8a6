// opencode with gglib as a provider of its own: over the Chat Completions API and over the Messages API.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../lib/tasks.mjs'
import { configuredContext, models, over } from './common.mjs'

const program = fileURLToPath(new URL('node_modules/.bin/opencode', import.meta.url))
// Neither the list of known models nor language servers are fetched.
const env = { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' }
const apis = { gglib: ['', '/v1/chat/completions'], 'gglib-messages': ['messages: ', '/v1/messages'] }

function configure({ home, base }) {
  const folder = join(home, '.config/opencode')
  const known = Object.fromEntries(models.map((name) => [name, { limit: { context: configuredContext, output: 8192 } }]))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'opencode.json'), JSON.stringify({
    autoupdate: false,
    share: 'disabled',
    provider: {
      gglib: { npm: '@ai-sdk/openai-compatible', name: 'gglib', options: { baseURL: `${base}/v1` }, models: known },
      'gglib-messages': { npm: '@ai-sdk/anthropic', name: 'gglib', options: { baseURL: `${base}/v1`, apiKey: 'any' }, models: known },
    },
  }, null, 2))
}

const properties = {
  shell: (command) => ['bash', { command, description: 'Prints the note' }],
  read: (filePath) => ['read', { filePath }],
  // It asks for a title of the session, without tools.
  before: [{ offers: '', text: 'A note' }],
  summary: ['<conversation>'],
  context: 8192,
  prompt: 1400,
}

await run('agents/opencode', 'opencode-ai', over('opencode', apis, properties, configure,
  ({ start }, provider, prompt, model, options) => start(program, ['run', ...options, '--model', `${provider}/${model}`, prompt], env)))
