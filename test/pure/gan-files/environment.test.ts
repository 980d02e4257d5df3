import { readFileSync } from 'node:fs';
import { dawnVersion, describeEnvironment, ganvasVersion } from '../../../packages/gan/src/files/environment.ts';
import { ROOT } from '../../documents.ts';

const versionOf = (folder: string) => JSON.parse(readFileSync(`${ROOT}/${folder}/package.json`, 'utf8')).version;

describe('describeEnvironment', () => {
  it('says in words what a run was made on', () => {
    const environment = describeEnvironment({
      ...{ name: 'SwiftShader Device', class: 'swiftshader', software: true, embedded: true },
      ...{ vendor: 'google', architecture: 'swiftshader', driver: 'SwiftShader driver 5.0', backend: 'vulkan' },
    });
    expect(environment).toMatchObject({
      adapter: 'SwiftShader Device (swiftshader, vulkan)',
      driver: 'SwiftShader driver 5.0',
      node: process.version,
      ganvas: versionOf('packages/gan'),
      dawn: versionOf('node_modules/webgpu'),
    });
    expect(Math.abs(Date.parse(environment.date!) - Date.now())).toBeLessThan(60_000);
    for (const value of Object.values(environment)) expect(value).not.toBe('');
  });

  it('knows the versions', () => {
    for (const version of [dawnVersion(), ganvasVersion()]) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
