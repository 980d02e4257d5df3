/** The configuration on the command line: a flag a key of the schema, so that neither can forget the other. */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { configSchema, type RunConfig } from '../config.ts';
import { accessFile, FileError } from '../files/file-error.ts';

type Key = keyof RunConfig;

/** What the command line asks for in another way: the model is a word of its own. */
const ELSEWHERE: readonly Key[] = ['model'];
const KEYS = (Object.keys(configSchema.shape) as Key[]).filter((key) => !ELSEWHERE.includes(key));

/** `lrG` → `lr-g`, `r1Every` → `r1-every`. */
export const flagOf = (key: Key): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What stands for the value in the help. */
function metavarOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodArray || schema instanceof z.ZodTuple) return '<a,b,...>';
  if (schema instanceof z.ZodString) return '<spec>';
  if (schema instanceof z.ZodEnum) return '<name>';
  return '<n>';
}

/** Adds a flag for each key; where one is not given its value is undefined. */
export function addConfigOptions(command: Command): Command {
  for (const key of KEYS) {
    const schema = configSchema.shape[key] as z.ZodType;
    const choices = schema instanceof z.ZodEnum ? `: ${schema.options.join(', ')}` : '';
    const about = `${schema.description}${choices}`;
    if (schema instanceof z.ZodBoolean) {
      command.option(`--${flagOf(key)}`, about).option(`--no-${flagOf(key)}`, 'not so');
      continue;
    }
    const option = new Option(`--${flagOf(key)} ${metavarOf(schema)}`, about);
    command.addOption(option.argParser((text) => parseValue(schema, text)));
  }
  return command;
}

function parseValue(schema: z.ZodType, text: string): unknown {
  const list = schema instanceof z.ZodArray || schema instanceof z.ZodTuple;
  const words = text === '' ? [] : text.split(',');
  const result = schema.safeParse(list ? words.map(scalar) : schema instanceof z.ZodString ? text : scalar(text));
  if (result.success) return result.data;
  throw new InvalidArgumentError(`${expected(result.error)}.`);
}

/** A word that is a number in JavaScript's eyes is one, any other stays a word. */
const scalar = (text: string): string | number =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** The first complaint, as a sentence. */
const expected = (error: z.ZodError): string =>
  error.issues[0]!.message.replace(/^Invalid \w+: /, '').replace(/^./, (letter) => letter.toUpperCase());

/** Those of the parsed options that are the configuration's. */
export const configOf = (options: Record<string, unknown>): Partial<RunConfig> =>
  Object.fromEntries(KEYS.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]));

/**
 * A configuration file, JSON or YAML (of which JSON is a part), with some or all of the keys of `configSchema`.
 * @throws FileError where it cannot be read, is no YAML, or has a key or value that the schema does not know
 */
export function readConfigFile(path: string): Partial<RunConfig> {
  const text = accessFile('read', path, () => readFileSync(path, 'utf8'));
  let content: unknown;
  try {
    content = parseYaml(text, { logLevel: 'error' }); // its warnings would be lines of their own
  } catch (error) {
    throw new FileError(`${path}: expected JSON or YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const found = text.trim() === '' ? 'an empty file' : JSON.stringify(content ?? null).slice(0, 40);
    throw new FileError(`${path}: expected keys and values like "batch: 64", found ${found}`);
  }
  const result = configSchema.partial().safeParse(content);
  if (result.success) return result.data;
  const { path: at, message } = result.error.issues[0]!;
  throw new FileError(`${path}: ${at.length > 0 ? `${at.join('.')}: ` : ''}${message.replace(/^Invalid \w+: /, '')}`);
}
