const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^@ganvas/([^/]+)$': '<rootDir>/packages/$1/src/index.ts' },
};

/** `fast` is `npm test`; `slow` trains for minutes and is `npm run test:slow`. */
export default {
  projects: [
    {
      ...shared,
      displayName: 'fast',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['<rootDir>/test/slow/'],
      testMatch: ['**/*.test.ts'],
    },
    { ...shared, displayName: 'slow', roots: ['<rootDir>/test/slow'], testMatch: ['**/*.test.ts'] },
  ],
  testTimeout: 120000,
};
