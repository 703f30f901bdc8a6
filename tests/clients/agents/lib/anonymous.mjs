// Replaces what belongs to one run or one machine, and shortens long strings: agents' prompts are their makers' texts and are not copied.
import { hostname, release } from 'node:os'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))

/** Returns a function that replaces paths, addresses, ids, dates and random texts. Equal ids stay equal. */
export function anonymous({ folder, home, work, base }) {
  const ids = new Map()
  const numbered = (kind, write) => (id) => {
    const key = `${kind} ${id.toLowerCase()}`
    if (!ids.has(key)) ids.set(key, write([...ids.keys()].filter((other) => other.startsWith(`${kind} `)).length + 1))
    return ids.get(key)
  }
  const uuid = numbered('uuid', (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
  const hex = numbered('hex', (number) => String(number).padStart(64, '0'))
  const random = numbered('random', (number) => `secret-${number}`)
  const kinds = new Map()
  const named = (id, kind) => {
    if (!kinds.has(kind)) kinds.set(kind, numbered(kind, (number) => `${kind}${number}`))
    return kinds.get(kind)(id)
  }
  // A short name can be a word.
  const host = hostname().length > 9 ? hostname() : 'host'
  // Other dates are names of versions.
  const today = new RegExp(`${new Date().toISOString().slice(0, 10)}(?:[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z?)?`, 'g')
  return (text) =>
    text
      .replaceAll(work, '/home/user/project')
      .replaceAll(home, '/home/user')
      .replaceAll(work.replaceAll(/[/.]/g, '-'), '-home-user-project')
      .replaceAll(folder, '/home')
      .replaceAll(new URL(base).host, '127.0.0.1:11434')
      .replaceAll(repository, '/gglib/')
      .replaceAll(process.execPath, '/usr/bin/node')
      .replaceAll(release(), '6.1.0')
      .replaceAll(host, 'host')
      .replace(/\(Debian [\d.]+;/g, '(Linux;')
      .replace(/(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi, uuid)
      .replace(/(?<![0-9A-Za-z])((?:toolu_)?(?:call|resp|msg|rs|fc|toolu|chatcmpl|req)[-_])[0-9A-Za-z]{12,}(?![0-9A-Za-z])/g, named)
      .replace(/\b[0-9a-f]{32,64}\b/g, hex)
      .replace(/(?:(?<![0-9A-Za-z])|(?<=\\[nrt]))s[0-9a-f]{18}\b/g, random)
      .replace(/(?<=Chunk ID: )[0-9a-f]{6}\b/g, '000000')
      .replace(/(cc_version=\d+\.\d+\.\d+)\.\w+/g, '$1.000')
      .replace(today, '2026-01-01')
      .replace(/\b1[78]\d{11}\b/g, '1767225600000')
      .replace(/\b1[78]\d{8}\b/g, '1767225600')
}

/** The value with each string longer than 200 characters shortened. */
export function shortened(value) {
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 80)}… (${value.length} characters)` : value
  if (Array.isArray(value)) return value.map(shortened)
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]))
  return value
}
