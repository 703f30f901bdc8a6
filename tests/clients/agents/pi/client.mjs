// pi with gglib as a provider of its own: over the Chat Completions, the Responses and the Messages API.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../lib/tasks.mjs'
import { configuredContext, models, over } from '../opencode/common.mjs'

const bin = fileURLToPath(new URL('node_modules/.bin', import.meta.url))
// pi needs Node.js 22.19 or later: the folder pins one for Linux.
const env = { PATH: `${bin}:${process.env.PATH}`, PI_OFFLINE: '1' }
const apis = { gglib: ['', '/v1/chat/completions'], 'gglib-responses': ['responses: ', '/v1/responses'], 'gglib-messages': ['messages: ', '/v1/messages'] }

function configure({ home, base }) {
  const folder = join(home, '.pi/agent')
  const provider = (api, path) => ({ baseUrl: base + path, api, apiKey: 'any', models: models.map((id) => ({ id, reasoning: true, contextWindow: configuredContext, maxTokens: 8192 })) })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'models.json'), JSON.stringify({
    providers: { gglib: provider('openai-completions', '/v1'), 'gglib-responses': provider('openai-responses', '/v1'), 'gglib-messages': provider('anthropic-messages', '') },
  }, null, 2))
  // By default a summary leaves the newest 20,000 tokens as they are, more than the tight model takes.
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ enableInstallTelemetry: false, compaction: { keepRecentTokens: 1000 } }))
}

const properties = {
  shell: (command) => ['bash', { command }],
  read: (path) => ['read', { path }],
  summary: ['<conversation>', '# Conversation'],
  context: 8192,
  prompt: 400,
}

await run('agents/pi', '@earendil-works/pi-coding-agent', over('pi', apis, properties, configure,
  ({ start }, provider, prompt, model, options) => start(join(bin, 'pi'), ['--print', ...options, '--model', `${provider}/${model}`, prompt], env)))
