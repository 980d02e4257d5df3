/** Settings that do not go together, or not with the data: one line that says which, and what would. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
