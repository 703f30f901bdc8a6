// Makes the models that agents are tested with: node models.mjs DEMO_CHAT.gguf FOLDER
// They are copies of the demo model with another context, because agents' prompts do not fit into 4,096 tokens. The scripted llama-server reads no weights.
// An answer script stands beside each model; lib/agent.mjs writes the one of agent-model.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const [demo, folder] = process.argv.slice(2)
const key = 'llama.context_length'
const file = readFileSync(demo)
const end = file.indexOf(key) + key.length
// The type stands behind the key: 4 is a number of 32 bits.
if (end < key.length || file.readUInt32LE(end) !== 4) throw new Error(`${demo} has no number ${key}`)

mkdirSync(folder, { recursive: true })
for (const [model, context] of [['agent-model', 200_000], ['agent-small', 2048]]) {
  file.writeUInt32LE(context, end + 4)
  writeFileSync(`${folder}/${model}.gguf`, file)
  writeFileSync(`${folder}/${model}.gguf.fake.json`, '{}')
}
