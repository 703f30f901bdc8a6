// Runs the tasks of a client against BASE and reports one JSON line per task on stdout:
// {"client","version","task","result":"pass|fail|limit","note"}.
// A task that cannot pass throws Limit with the reason: whose limit it is, and the evidence.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

export const base = process.env.BASE ?? 'http://127.0.0.1:11434'
export const model = process.env.MODEL ?? 'demo-chat'
export const embeddingModel = process.env.EMBEDDING_MODEL ?? 'demo-embed'

// The demo model answers these with certainty (docs/testing.md).
export const capital = 'What is the capital of France?'
export const weather = 'What is the weather in Paris?'
export const weatherSchema = {
  type: 'object',
  properties: { city: { type: 'string', description: 'The name of the city' } },
  required: ['city'],
}
// Nothing in it is unbounded: a small model may write a string until its limit.
export const cities = ['London', 'Paris', 'Rome']
export const citySchema = {
  type: 'object',
  properties: { city: { type: 'string', enum: cities }, isCapital: { type: 'boolean' } },
  required: ['city', 'isCapital'],
  additionalProperties: false,
}
export const getWeather = ({ city }) => `18 degrees and sunny in ${city}`
// About 6,000 tokens: longer than the demo model's context of 4,096.
export const tooLong = 'word '.repeat(6000)

export class Limit extends Error {}

export { assert }

export function containsParis(text) {
  assert.match(String(text), /Paris/)
}

export function isCity(value) {
  assert.deepEqual(Object.keys(value).sort(), ['city', 'isCapital'])
  assert.ok(cities.includes(value.city))
  assert.equal(typeof value.isCapital, 'boolean')
}

/** Awaits a rejection and returns the error. */
export async function rejection(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: 'expected an error, got an answer' })
}

/** Reads some chunks of an async iterable, aborts, and waits until the iteration has ended in whatever way the client ends it. */
export async function abortAfter(chunks, iterable, abort) {
  let seen = 0
  try {
    for await (const _ of iterable) {
      if (++seen === chunks) abort()
      assert.ok(seen < 4000, 'the stream goes on after the abort')
    }
  } catch (error) {
    assert.ok(seen >= chunks, `the stream failed before the abort: ${error.message}`)
  }
  // The server still answers, and the slot is free.
  const response = await fetch(`${base}/api/generate`, { method: 'POST', body: JSON.stringify({ model, prompt: 'hi', stream: false, options: { num_predict: 1 } }) })
  assert.equal(response.status, 200)
}

export async function run(client, packageName, tasks) {
  const version = JSON.parse(readFileSync(new URL(`../${client}/node_modules/${packageName}/package.json`, import.meta.url))).version
  const label = `${packageName} ${version}`
  const only = process.argv[2]
  for (const [task, body] of Object.entries(tasks)) {
    if (only && only !== task) continue
    let [result, note] = ['pass', '']
    try {
      await Promise.race([body(), new Promise((_, reject) => setTimeout(() => reject(new Error('not done within 120 s')), 120_000).unref())])
    } catch (error) {
      result = error instanceof Limit ? 'limit' : 'fail'
      note = String(error?.message ?? error).split('\n').slice(0, 4).join(' ')
    }
    console.log(JSON.stringify({ client: label, task, result, note }))
  }
}
