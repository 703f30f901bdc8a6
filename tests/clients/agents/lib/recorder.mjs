// A proxy between an agent and gglib. It changes nothing and keeps each request with its response.
// It is also the agent's HTTPS proxy: it refuses every other host and keeps the name, so that a run needs no network.
import { createServer, request } from 'node:http'

/** Listens on a free port of the loopback address. `outside` collects the hosts that the agent tried to reach; `tooMany` is called when the agent loops. */
export async function record(target, port = 0) {
  const exchanges = []
  const outside = []
  const proxy = { exchanges, outside, tooMany: () => {} }
  const { hostname, port: targetPort } = new URL(target)
  const server = createServer((from, to) => {
    if (/^https?:/.test(from.url)) {
      outside.push(new URL(from.url).host)
      return to.writeHead(403).end()
    }
    const sent = []
    from.on('data', (chunk) => sent.push(chunk))
    from.on('end', () => {
      const body = Buffer.concat(sent)
      const exchange = { method: from.method, path: from.url, headers: from.headers, body: textOf(body), status: 0, response: '' }
      if (exchanges.push(exchange) > 100) return proxy.tooMany()
      const forward = request({ hostname, port: targetPort, method: from.method, path: from.url, headers: from.headers }, (answer) => {
        const received = []
        exchange.status = answer.statusCode
        exchange.responseHeaders = answer.headers
        to.writeHead(answer.statusCode, answer.headers)
        answer.on('data', (chunk) => {
          received.push(chunk)
          exchange.response = textOf(Buffer.concat(received))
          to.write(chunk)
        })
        answer.on('end', () => to.end())
        answer.on('error', () => to.destroy())
      })
      forward.on('error', () => to.destroy())
      to.on('close', () => forward.destroy())
      forward.end(body)
    })
  })
  server.on('connect', (from, socket) => {
    outside.push(from.url)
    socket.on('error', () => {})
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return Object.assign(proxy, {
    base: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
}

// A compressed body is no text: it is kept as Base64.
function textOf(bytes) {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`
}
