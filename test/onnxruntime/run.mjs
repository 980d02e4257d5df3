/**
 * Runs ONNX models: `node run.mjs FOLDER` reads FOLDER/jobs.json, a list of `{ model, feeds: { NAME: { type, dims, data } } }`, and writes
 * FOLDER/results.json, for each job `{ OUTPUT: { dims, data } }`. A process of its own: the runtime is native code.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [folder] = process.argv.slice(2);
const results = [];
for (const { model, feeds } of JSON.parse(readFileSync(join(folder, 'jobs.json'), 'utf8'))) {
  const session = await InferenceSession.create(join(folder, model));
  const inputs = Object.entries(feeds).map(([name, { type, dims, data }]) => [
    name,
    new Tensor(type, type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), dims),
  ]);
  const outputs = await session.run(Object.fromEntries(inputs));
  results.push(
    Object.fromEntries(Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: [...data] }])),
  );
}
writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
