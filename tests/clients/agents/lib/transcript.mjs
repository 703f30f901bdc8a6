// Keeps what an agent and gglib said to each other: in LOGS all of it (TASK.json) and a readable transcript (TASK.md), and with RECORD the requests as files to replay.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anonymous, shortened } from './anonymous.mjs'

// Transport headers say nothing about the agent.
const transport = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'accept-language', 'transfer-encoding', 'keep-alive', 'sec-fetch-mode'])

export function keep(run) {
  const { client, task, files, runs, exchanges, outside } = run
  const replace = anonymous(run)
  const requests = exchanges.map(({ method, path, headers, body }) => ({
    method,
    path: replace(path),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !transport.has(name)).map(([name, value]) => [name, replace(String(value))])),
    ...(body ? { body: shortened(parsed(replace(body))) } : {}),
  }))
  if (process.env.RECORD) save(client, task, requests)

  const lines = [`# ${client}: ${task}`, '', ...files.flatMap(({ path, text }) => [`\`~/${path}\`:`, '', '```', replace(text.trim()), '```', ''])]
  runs.forEach((one, index) => {
    lines.push('```console', replace(`$ ${commandLine(one)}`), '```', '')
    for (let at = one.from; at < (runs[index + 1]?.from ?? exchanges.length); at++) {
      lines.push(`## ${requests[at].method} ${requests[at].path}`, '', ...requestLines(requests[at]), '', `Answer ${exchanges[at].status}:`, '', '```')
      lines.push(...answerLines(replace(exchanges[at].response)), '```', '')
    }
    lines.push(`## Output, exit code ${one.code ?? 'none'}`, '', '```', shortLines(replace(one.stdout ?? '')), '```', '')
    if (one.stderr?.trim()) lines.push('On stderr:', '', '```', shortLines(replace(one.stderr)), '```', '')
  })
  if (outside.length) lines.push(`Hosts that the agent tried to reach, refused: ${[...new Set(outside)].join(', ')}`, '')

  const name = join(process.env.LOGS, task.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, ''))
  mkdirSync(process.env.LOGS, { recursive: true })
  writeFileSync(`${name}.md`, lines.join('\n'))
  writeFileSync(`${name}.json`, JSON.stringify({ runs, exchanges, outside }, null, 1))
}

// Numbered on from what is there. A request that is there already is not written again.
function save(client, task, requests) {
  const folder = join(process.env.RECORD, client)
  mkdirSync(folder, { recursive: true })
  const there = readdirSync(folder).sort().map((name) => JSON.parse(readFileSync(join(folder, name))))
  const known = new Set(there.map(({ task: _, ...request }) => JSON.stringify(request)))
  let number = there.length
  for (const request of requests) {
    const text = JSON.stringify(request)
    if (known.has(text)) continue
    known.add(text)
    writeFileSync(join(folder, `${String(++number).padStart(2, '0')}.json`), `${JSON.stringify({ task, ...request }, null, 2)}\n`)
  }
}

function commandLine({ program, args, env }) {
  const variables = Object.entries(env).filter(([name]) => !/_PROXY$|^PATH$/.test(name))
  return ['env -i PATH=…', ...variables.map(([name, value]) => `${name}=${quoted(value)}`), program.replace(/.*\//, ''), ...args.map(quoted)].join(' ')
}

const quoted = (text) => (/^[\w./:=@,%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

// The headers that only this agent sends, each message on a line, and of tools their names.
function requestLines({ headers, body }) {
  const shown = Object.entries(headers).filter(([name]) => !/^(accept|content-type|x-stainless-.*)$/.test(name))
  const lines = shown.map(([name, value]) => `- \`${name}: ${shortened(value)}\``)
  if (!body) return lines
  const members = typeof body === 'string' ? [] : Object.entries(body)
  const text = members.map(([key, value]) => {
    const items = key === 'tools' ? value.map((tool) => tool.name ?? tool.function?.name ?? tool.type) : value
    const long = Array.isArray(items) && /^(input|messages|system)$/.test(key)
    return `  ${JSON.stringify(key)}: ${long ? `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]` : JSON.stringify(items)}`
  })
  return [...lines, '', '```', ...(members.length ? ['{', text.join(',\n'), '}'] : [body]), '```']
}

// The whole body, or one line for each event of a stream; of deltas of one kind in a row the first and their number.
function answerLines(text) {
  const events = text.split('\n').filter((line) => line.trim() && !line.startsWith('event:'))
  const lines = []
  let [kind, more] = ['', 0]
  const flush = () => {
    if (more) lines.push(`(${more} more)`)
    more = 0
  }
  for (const line of events) {
    const stream = line.startsWith('data: {')
    const event = stream ? parsed(line.slice(6)) : firsts(parsed(line))
    if (event?.response?.id) event.response = Object.fromEntries(Object.entries(event.response).filter(([key, value]) => value !== null && /^(id|status|model|error|incomplete_details|usage|output)$/.test(key)))
    const now = /delta|chunk/.test(event?.type ?? event?.object ?? '') ? event.type ?? event.object : ''
    if (now && now === kind) more++
    else {
      flush()
      lines.push(`${stream ? 'data: ' : ''}${typeof event === 'string' ? shortened(event) : JSON.stringify(shortened(event))}`)
    }
    kind = now
  }
  flush()
  return lines
}

// A list's first item and how many there are.
const firsts = (body) => (typeof body === 'string' ? body : Object.fromEntries(Object.entries(body).map(([key, value]) => [key, value?.length > 1 && Array.isArray(value) ? [value[0], `… (${value.length} in all)`] : value])))

const shortLines = (text) => text.trim().split('\n').map(shortened).join('\n')

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
