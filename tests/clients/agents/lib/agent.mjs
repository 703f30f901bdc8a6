// Starts an agent: with a fresh home and working directory, an environment of its own, and a recording proxy in front of gglib.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assert, base } from '../../lib/tasks.mjs'
import { record } from './recorder.mjs'
import { keep } from './transcript.mjs'

// What is to be ended when this program is.
const running = new Set()

export const model = 'agent-model'
/** A model with a context that no agent's first prompt fits into. */
export const smallModel = 'agent-small'

/** Text that nobody can guess. */
export const secret = () => `s${randomBytes(9).toString('hex')}`

/** Sets what the scripted llama-server answers: the first turn that matches the conversation (tests/FakeLlamaServer/Script/FakeTurn.cs). */
export const script = (...turns) => scriptWith({}, ...turns)

/** The same with other members of the script (FakeScript.cs). */
export function scriptWith(members, ...turns) {
  writeFileSync(process.env.SCRIPT, JSON.stringify({ text: 'No turn of the script matches.', ...members, turns }))
}

/** A turn that calls a tool. */
export const call = (offers, args, when = {}) => ({
  ...when,
  offers,
  chunks: [{ toolCalls: [{ index: 0, id: `call_${randomBytes(6).toString('hex')}`, type: 'function', function: { name: offers, arguments: JSON.stringify(args) } }] }],
})

/**
 * The turns of a tool loop: the model calls the tool, and answers only when the tool's result contains `content`. The answer contains a text of its own, which
 * the agent can print only if it came from the model.
 */
export function toolLoop(tool, args, content) {
  const answer = `The result is ${secret()}.`
  return { answer, turns: [{ last: 'tool', contains: content, text: answer }, { last: 'tool', text: 'The result of the tool lacks the content.' }, call(tool, args)] }
}

/**
 * Runs a task with an agent of its own: `body` gets `base` (the address of gglib for the agent), `home`, `work`, `exchanges`, `configure(path, text)`, which writes
 * a file of the home, and `start(program, args, env)`, which resolves to `{ code, stdout, stderr }` when the agent has ended. The transcript is kept also when the task fails.
 */
export async function withAgent(client, task, body, { port, limit = 90_000 } = {}) {
  // Codex makes no helper programs below /tmp, and warns.
  const folder = mkdtempSync('/var/tmp/agent-')
  const clean = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  running.add(clean)
  const [home, work] = [join(folder, 'home'), join(folder, 'project')]
  mkdirSync(home)
  mkdirSync(work)
  const proxy = await record(base, port)
  const runs = []
  const files = []
  const configure = (path, text) => {
    files.push({ path, text })
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const start = async (program, args, env = {}) => {
    const all = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: home, HTTPS_PROXY: proxy.base, HTTP_PROXY: proxy.base, NO_PROXY: '127.0.0.1,localhost', ...env }
    const run = { program, args, env: all, from: proxy.exchanges.length }
    runs.push(run)
    Object.assign(run, await ended(program, args, all, work, limit, proxy))
    return run
  }
  try {
    await body({ base: proxy.base, exchanges: proxy.exchanges, home, work, configure, start })
  } finally {
    await proxy.close()
    keep({ client, task, folder, home, work, base: proxy.base, files, runs, exchanges: proxy.exchanges, outside: proxy.outside })
    clean()
    running.delete(clean)
  }
}

process.on('exit', () => [...running].reverse().forEach((end) => end()))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

function ended(program, args, env, cwd, limit, proxy) {
  return new Promise((resolve, reject) => {
    // A process group of its own: what the agent started ends with it.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    running.add(end)
    let [stdout, stderr] = ['', '']
    const stop = (reason) => {
      end()
      reject(new Error(`${reason}; the agent's last words: ${(stdout + stderr).slice(-300)}`))
    }
    const timer = setTimeout(() => stop(`the agent has not ended after ${limit / 1000} s`), limit)
    proxy.tooMany = () => stop('the agent sends one request after the other')
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      end()
      running.delete(end)
      resolve({ code, stdout, stderr })
    })
  })
}

/** The agent ended well and its output contains the text. */
export function printed(run, text) {
  assert.ok(run.code === 0 && run.stdout.includes(text), `expected an output with '${text}' and exit code 0, got ${run.code}: ${(run.stdout + run.stderr).slice(-400)}`)
}

/** The agent ended with an error whose words match. */
export function failed(run, words) {
  assert.notEqual(run.code, 0, `expected a failure, got exit code 0: ${run.stdout.slice(-400)}`)
  assert.match(run.stdout + run.stderr, words)
}

/** The bodies of the requests to a path, parsed. */
export const bodies = (exchanges, path) => exchanges.filter((exchange) => exchange.method === 'POST' && exchange.path.split('?')[0] === path).map((exchange) => JSON.parse(exchange.body))

/** Every request was answered with 200, except those whose path matches. */
export function answered(exchanges, except = /^$/) {
  for (const { method, path, status, response } of exchanges)
    assert.ok(status === 200 || except.test(path), `${method} ${path} was answered with ${status}: ${response.slice(0, 300)}`)
}
