// Writes a table of docs/clients.md from result lines: node table.mjs RESULTS.jsonl FILE [COMMAND]. The table stands behind a comment that names the command.
import { readFileSync, writeFileSync } from 'node:fs'

const [results, file, command = 'tests/clients/run --table docs/clients.md'] = process.argv.slice(2)
const rows = readFileSync(results, 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
const clients = [...new Set(rows.map((row) => row.client))]
const tasks = [...new Set(rows.map((row) => row.task))]
const notes = []
const cell = (client, task) => {
  const row = rows.find((row) => row.client === client && row.task === task)
  if (!row) return '–'
  if (row.result === 'pass') return 'yes'
  const note = `${row.result === 'limit' ? 'Not part of the client or its API' : 'Fails'}: ${row.note}`
  if (!notes.includes(note)) notes.push(note)
  return `${row.result === 'limit' ? 'n/a' : '**no**'} (${notes.indexOf(note) + 1})`
}
const table = [
  `| Task | ${clients.join(' | ')} |`,
  `|---|${clients.map(() => '---').join('|')}|`,
  ...tasks.map((task) => `| ${task} | ${clients.map((client) => cell(client, task)).join(' | ')} |`),
]
const text = readFileSync(file, 'utf8')
const [start, end] = [`<!-- table: ${command} -->`, '<!-- end of table -->']
if (!text.includes(start)) throw new Error(`${file} has no line '${start}'`)
const [before, after] = [text.slice(0, text.indexOf(start) + start.length), text.slice(text.indexOf(end, text.indexOf(start)))]
writeFileSync(file, `${before}\n${table.join('\n')}\n\n${notes.map((note, index) => `${index + 1}. ${note.replace(/\.$/, '')}.`).join('\n')}\n${after}`)
