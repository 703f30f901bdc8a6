// Every verb of Ollama's own JavaScript client against a running gglib: OLLAMA_HOST names it, the arguments a chat model of its
// library, an embedding model, and a GGUF file to upload. Prints a line a verb, and ends with 1 at the first one that is not as it
// should be. With REGISTRY=http://127.0.0.1:PORT it also serves the file there, as a registry and as a Hub, for gglib to pull.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Ollama } from 'ollama';

const [chat = 'demo-chat', embed = 'demo-embed', file] = process.argv.slice(2);
const host = process.env.OLLAMA_HOST ?? 'http://127.0.0.1:11434';
const ollama = new Ollama({ host });
const messages = [{ role: 'user', content: 'What is the capital of France?' }];

function check(what, good, seen) {
  console.log(`${good ? 'ok  ' : 'FAIL'}  ${what}  ${JSON.stringify(seen).slice(0, 110)}`);
  if (!good) process.exit(1);
}

async function last(stream) {
  let end;
  for await (const part of stream) end = part;
  return end;
}

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return error.message;
  }
}

/** The part of Ollama's registry protocol and of the Hub's that a pull needs, with one model behind each. */
async function startRegistry(address, weights) {
  const blobs = new Map();
  const add = (content) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    blobs.set(digest, Buffer.from(content));
    return { digest, size: content.length };
  };
  const image = 'application/vnd.ollama.image.';
  const layers = [
    { mediaType: `${image}model`, ...add(weights) },
    { mediaType: `${image}system`, ...add('You know the capitals.') },
    { mediaType: `${image}params`, ...add('{"num_predict":12}') },
  ];
  const config = { mediaType: 'application/vnd.docker.container.image.v1+json', ...add('{"model_format":"gguf"}') };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.docker.distribution.manifest.v2+json', config, layers });
  const oid = layers[0].digest.slice('sha256:'.length);
  const tree = JSON.stringify([{ type: 'file', path: 'js-Q8_0.gguf', size: weights.length, lfs: { oid, size: weights.length } }]);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, address);
    const content = pathname === '/v2/library/js-whole/manifests/latest' ? manifest
      : pathname === '/api/models/js/whole/tree/main' ? tree
      : pathname === '/js/whole/resolve/main/js-Q8_0.gguf' ? weights
      : pathname.startsWith('/v2/library/js-whole/blobs/') ? blobs.get(pathname.split('/').at(-1))
      : undefined;
    if (content === undefined) return response.writeHead(404).end();
    const bytes = Buffer.from(content);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) return response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    const [from, to] = [Number(range[1]), range[2] ? Math.min(Number(range[2]) + 1, bytes.length) : bytes.length];
    return response.writeHead(206, { 'content-length': to - from, 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` }).end(bytes.subarray(from, to));
  });
  await new Promise((listening) => server.listen(Number(address.port), address.hostname, listening));
  const pulling = (digest) => `pulling ${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  return {
    pulls: [['js-whole', [...layers, config].map((layer) => pulling(layer.digest))], ['hf.co/js/whole:Q8_0', [pulling(layers[0].digest)]]],
    close: () => server.close(),
  };
}

const { models } = await ollama.list();
check('list', models.some((model) => model.name.startsWith(chat)), models.map((model) => model.name));
const shown = await ollama.show({ model: chat });
check('show', shown.capabilities.includes('completion'), shown.capabilities);

const made = await last(await ollama.create({ model: 'js-made', from: chat, system: 'Answer shortly.', parameters: { temperature: 0, num_predict: 8 }, stream: true }));
check('create', made.status === 'success', made);
const stored = await ollama.show({ model: 'js-made' });
check('show what was created', stored.system === 'Answer shortly.' && stored.parameters.includes('num_predict'), stored.system);
check('copy', (await ollama.copy({ source: 'js-made', destination: 'js-copy' })).status === 'success', 'js-copy');

const answer = await ollama.chat({ model: 'js-copy', messages, think: false });
check('chat', answer.done && answer.eval_count <= 8 && answer.message.content.length > 0, answer.message);
const streamed = await last(await ollama.chat({ model: 'js-copy', messages, think: false, stream: true }));
check('chat, streamed', streamed.done && streamed.done_reason !== undefined, streamed.done_reason);
const generated = await ollama.generate({ model: 'js-copy', prompt: 'Hello', think: false });
check('generate', generated.context.length > generated.eval_count, generated.response);
const continued = await ollama.generate({ model: 'js-copy', prompt: 'And?', context: generated.context, think: false });
check('generate with context', continued.prompt_eval_count > generated.context.length, continued.prompt_eval_count);
const vectors = await ollama.embed({ model: embed, input: ['one', 'two'] });
check('embed', vectors.embeddings.length === 2, vectors.embeddings[0].slice(0, 2));
const loaded = await ollama.ps();
check('ps', loaded.models.some((model) => model.name === 'js-copy:latest'), loaded.models.map((model) => model.name));

if (file) {
  const bytes = readFileSync(file);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const sent = await fetch(`${host}/api/blobs/${digest}`, { method: 'POST', body: bytes });
  check('blobs', sent.status === 201 || sent.status === 200, sent.status);
  const uploaded = await last(await ollama.create({ model: 'js-sent', files: { 'model.gguf': digest }, stream: true }));
  check('create from a blob', uploaded.status === 'success', uploaded);
  check('chat with it', (await ollama.chat({ model: 'js-sent', messages, think: false, options: { num_predict: 8 } })).done, 'js-sent');
  await ollama.delete({ model: 'js-sent' });
}

check('pull of a bad name', (await refusal(() => ollama.pull({ model: 'a b' }))) === 'invalid model name', 'invalid model name');

// A whole model from a registry and from a Hub of this script's own: gglib must have been started with both variables naming it.
if (process.env.REGISTRY) {
  const weights = readFileSync(file);
  const { pulls, close } = await startRegistry(new URL(process.env.REGISTRY), weights);
  for (const [model, layers] of pulls) {
    const steps = [];
    for await (const step of await ollama.pull({ model, stream: true })) steps.push(step);
    const runs = steps.map((step) => step.status).filter((status, index, all) => status !== all[index - 1]);
    check(`pull ${model}`, JSON.stringify(runs) === JSON.stringify(['pulling manifest', ...layers, 'verifying sha256 digest', 'writing manifest', 'success']), runs);
    const bytes = steps.filter((step) => step.total === weights.length).map((step) => step.completed ?? 0);
    check('  its bytes in order, to the last', bytes.at(-1) === weights.length && bytes.every((count, index) => index === 0 || count >= bytes[index - 1]), bytes.slice(-3));
    const reply = await ollama.chat({ model, messages, think: false, options: { temperature: 0 } });
    check('  chat with it', reply.message.content.includes('Paris'), reply.message.content);
    await ollama.copy({ source: model, destination: 'js-pulled' });
    for (const name of [model, 'js-pulled']) check(`  delete ${name}`, (await ollama.delete({ model: name })).status === 'success', name);
  }

  const nowhere = await refusal(async () => last(await ollama.pull({ model: 'js-nowhere', stream: true })));
  check('pull of what is not there', nowhere === 'pull model manifest: file does not exist', nowhere);
  close();
}

for (const model of ['js-made', 'js-copy']) check(`delete ${model}`, (await ollama.delete({ model })).status === 'success', model);
const gone = await refusal(() => ollama.chat({ model: 'js-made', messages }));
check('a model that is gone', gone === "model 'js-made' not found", gone);
