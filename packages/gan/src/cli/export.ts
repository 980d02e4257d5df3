/** `gan export`: a run's net in a file for PyTorch, or its generator for ONNX runtimes. */
import { Option } from '@commander-js/extra-typings';
import { exportOnnx } from '../export/onnx.ts';
import { exportSafetensors, type NetName } from '../export/safetensors.ts';
import { sayRun } from './look.ts';
import { besideRun, checkOutput } from './look-options.ts';
import { withRun } from './open-run.ts';
import { UsageError } from './options.ts';
import { parseRunCommand, runCommandOf } from './run-command.ts';
import { say } from './say.ts';

const FORMATS = ['safetensors', 'onnx'] as const;
const NETS: readonly NetName[] = ['generator', 'discriminator'];

const exportCommand = () =>
  runCommandOf('export', 'Writes a net for other tools: safetensors in PyTorch’s names and layouts, or ONNX.')
    .addOption(new Option('--format <name>', 'of the file').choices(FORMATS).default('safetensors' as const))
    .addOption(
      new Option('--net <name>', 'which one; ONNX has the generator').choices(NETS).default('generator' as const),
    )
    .option('--out <file>', 'default: generator.safetensors (or what fits) in the run’s folder');

/** @param args the words after `export` */
export async function exportRun(args: readonly string[]): Promise<void> {
  const parsed = parseRunCommand(exportCommand(), args);
  if (!parsed) return;
  const { run, options } = parsed;
  const { format } = options;
  const net = options.net as NetName;
  if (format === 'onnx' && net !== 'generator')
    throw new UsageError(`--format onnx has the generator, got --net ${net}; export it as safetensors`);
  const out = options.out ?? besideRun(run, `${net}.${format}`);
  checkOutput('--out', out, [`.${format}`]);
  await withRun(run, options, async (opened) => {
    sayRun(opened);
    const { config, data, step } = opened.checkpoint;
    const about = { config, data, step };
    if (format === 'onnx') await exportOnnx(out, opened.generator, about);
    else await exportSafetensors(out, opened, net, about);
    say(`wrote    ${out}`);
  });
}
