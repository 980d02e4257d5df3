/** `npm run adapters [-- --adapter WORD]`: the adapters of this machine, and which one would be taken. */
import { parseArgs } from 'node:util';
import { AdapterError, type AdapterReport, chooseAdapter, listAdapters } from '@ganvas/tensor';

const COLUMNS = 100;
const INDENT = 12;

const binary = (bytes = 0) => (bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${Math.round(bytes / 2 ** 20)} MiB`);

/** Breaks `text` at spaces, so that with its title in front no line is longer than COLUMNS. */
function entry(title: string, text: string): string {
  const lines = text.match(new RegExp(`.{1,${COLUMNS - INDENT}}(?: |$)|\\S+ ?`, 'g')) ?? [];
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(INDENT)}${line.trimEnd()}`).join('\n');
}

function describe({ limits, ...adapter }: AdapterReport): string {
  const kind = adapter.embedded ? 'embedded software' : adapter.software ? 'software' : 'hardware';
  const l = limits;
  return [
    entry('  class', `${adapter.class} (${kind}, through ${adapter.backend})`),
    entry('  driver', `${adapter.driver} (${adapter.vendor}, ${adapter.architecture})`),
    entry('  features', adapter.features.join(', ') || 'none beyond the core'),
    entry(
      '  limits',
      `buffer ${binary(l.maxBufferSize)}, binding ${binary(l.maxStorageBufferBindingSize)}, ` +
        `${l.maxStorageBuffersPerShaderStage} buffers a kernel; workgroup of ${l.maxComputeInvocationsPerWorkgroup}, ` +
        `${binary(l.maxComputeWorkgroupStorageSize)}`,
    ),
  ].join('\n');
}

try {
  const { adapter: word } = parseArgs({ options: { adapter: { type: 'string', default: 'auto' } } }).values;
  const survey = await listAdapters();
  const { adapter: taken, note } = chooseAdapter(survey, word);
  for (const adapter of survey.adapters) {
    console.log(`${adapter === taken ? '*' : ' '} ${adapter.name}\n${describe(adapter)}\n`);
  }
  console.log(entry('* taken', note));
  if (survey.embeddedMissing) console.log(entry('  missing', `the embedded SwiftShader: ${survey.embeddedMissing}`));
  for (const remark of survey.remarks) console.log(entry('  refused', `a driver, by Dawn: ${remark}`));
} catch (error) {
  const { code = '', message } = error as Error & { code?: string };
  if (code.startsWith('ERR_PARSE_ARGS')) console.error(`adapters: ${message} (npm run adapters [-- --adapter WORD])`);
  else if (error instanceof AdapterError) console.error(message);
  else throw error;
  process.exitCode = 2;
}
