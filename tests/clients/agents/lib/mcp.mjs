// A tool server for agents (Model Context Protocol over stdio): one tool, which returns the text that the environment variable SECRET holds.
import { createInterface } from 'node:readline'

const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'vault', version: '1.0.0' } }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [{ name: 'read_vault', description: 'Returns the text in the vault', inputSchema: { type: 'object', properties: { drawer: { type: 'string' } }, required: ['drawer'] } }] }),
  'tools/call': ({ arguments: { drawer } }) => ({ content: [{ type: 'text', text: `${drawer}: ${process.env.SECRET}` }] }),
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const answer = answers[method] ? { result: answers[method](params ?? {}) } : { error: { code: -32601, message: `unknown method ${method}` } }
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
})
