// Every verb of Ollama's own JavaScript client against a running gglib: OLLAMA_HOST names it, the argument a chat model of its
// library and an embedding model. Prints a line a verb, and ends with 1 at the first one that is not as it should be.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
if (process.env.PULL) {
  const seen = new Set();
  for await (const step of await ollama.pull({ model: process.env.PULL, stream: true })) seen.add(step.status.replace(/[0-9a-f]{12}$/, '…'));
  check(`pull ${process.env.PULL}`, seen.has('success'), [...seen]);
  check('chat with what was pulled', (await ollama.chat({ model: process.env.PULL, messages, options: { num_predict: 8 } })).done, process.env.PULL);
  await ollama.delete({ model: process.env.PULL });
}

for (const model of ['js-made', 'js-copy']) check(`delete ${model}`, (await ollama.delete({ model })).status === 'success', model);
const gone = await refusal(() => ollama.chat({ model: 'js-made', messages }));
check('a model that is gone', gone === "model 'js-made' not found", gone);
