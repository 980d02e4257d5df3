/** How far a run has come, by what its folder holds. */
import { existsSync, readFileSync } from 'node:fs';
import { configSchema, type RunConfig } from '../config.ts';
import { accessFile, FileError } from '../files/file-error.ts';
import { type LoadedCheckpoint, loadCheckpoint } from './checkpoint.ts';
import { openRunFolder } from './run-folder.ts';

export interface Standing {
  config: RunConfig;
  /** The latest; null of a run that was killed before its first one. */
  checkpoint: LoadedCheckpoint | null;
}

/**
 * Reads what is needed to go on with a run.
 * @param path the run's folder
 * @throws FileError where it holds no run, or its latest checkpoint is damaged, foreign or of another version
 */
export function readStanding(path: string): Standing {
  const folder = openRunFolder(path);
  const [latest, before] = folder.checkpoints().toReversed();
  if (!latest && !existsSync(folder.config))
    throw new FileError(`${path} holds no run (expected config.json and checkpoints/step-….safetensors)`);
  if (!latest) return { config: readConfig(folder.config), checkpoint: null };
  try {
    const checkpoint = loadCheckpoint(latest.path);
    return { config: checkpoint.config, checkpoint };
  } catch (error) {
    if (!(error instanceof FileError) || !before) throw error;
    throw new FileError(`${error.message}; delete it to go on from step ${before.step}`);
  }
}

function readConfig(path: string): RunConfig {
  const text = accessFile('read', path, () => readFileSync(path, 'utf8'));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new FileError(`${path}: expected the configuration of a run as JSON`);
  }
  const result = configSchema.safeParse(content);
  if (result.success) return result.data;
  const { path: at, message } = result.error.issues[0]!;
  throw new FileError(`${path}: expected the configuration of a run: ${at.join('.')}: ${message}`);
}
