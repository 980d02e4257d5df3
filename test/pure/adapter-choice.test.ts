import { AdapterError, type AdapterReport, chooseAdapter } from '../../packages/tensor/src/platform/adapter.ts';
import { adviceFor } from '../../packages/tensor/src/platform/advice.ts';

function adapter(name: string, traits: Partial<AdapterReport> = {}): AdapterReport {
  const base = { class: 'gpu', software: false, embedded: false, backend: 'vulkan' } as const;
  return { name, vendor: '', architecture: '', driver: '', features: [], limits: {}, ...base, ...traits };
}

const embedded = adapter('SwiftShader Device (Subzero)', { class: 'swiftshader', software: true, embedded: true });
const swiftshader = adapter('SwiftShader Device (LLVM 10)', { class: 'swiftshader', software: true });
const llvmpipe = adapter('llvmpipe (LLVM 19.1.7, 256 bits)', { class: 'llvmpipe', software: true });
const radeon = adapter('AMD Radeon RX 7600 (RADV NAVI33)');
const geforce = adapter('NVIDIA GeForce RTX 4070');

const survey = (...adapters: AdapterReport[]) => ({ adapters, advice: null, embeddedMissing: null, remarks: [] });
const all = survey(swiftshader, embedded, llvmpipe, radeon, geforce);

describe('chooseAdapter', () => {
  it.each([
    ['auto', radeon],
    ['hardware', radeon],
    ['software', llvmpipe],
    ['llvmpipe', llvmpipe],
    ['swiftshader', embedded],
    ['SwiftShader', embedded],
    ['geforce', geforce],
    ['llvm 10', swiftshader],
    ['subzero', embedded],
  ])('"%s" of all', (word, expected) => {
    expect(chooseAdapter(all, word).adapter).toBe(expected);
  });

  it('goes down from hardware to llvmpipe to the embedded adapter, whatever their order', () => {
    expect(chooseAdapter(survey(embedded, llvmpipe)).adapter).toBe(llvmpipe);
    expect(chooseAdapter(survey(swiftshader, embedded)).adapter).toBe(embedded);
    expect(chooseAdapter(survey(swiftshader), 'swiftshader').adapter).toBe(swiftshader);
  });

  it('notes why, and what would be better: advice, or an adapter that is there', () => {
    const { note } = chooseAdapter({ ...survey(embedded), advice: 'llvmpipe' });
    expect(note).toMatch(/embedded software adapter, as there is neither hardware nor llvmpipe; better: llvmpipe$/);
    expect(chooseAdapter(all, 'software').note).toContain(
      'better: AMD Radeon RX 7600 (RADV NAVI33), which "auto" takes',
    );
    expect(chooseAdapter(all).note).not.toContain('better');
  });

  it.each(['hardware', 'geforce', '', ' '])('refuses "%s" where nothing fits, and says what there is', (word) => {
    const told = { embeddedMissing: 'of a reason', remarks: ['too old'], advice: 'a GPU' };
    const choose = () => chooseAdapter({ ...survey(llvmpipe), ...told }, word);
    expect(choose).toThrow(AdapterError);
    for (const part of [
      `"${word}"`,
      `"${llvmpipe.name}"`,
      'of a reason',
      'too old',
      'a GPU',
      'auto, hardware, software',
    ]) {
      expect(choose).toThrow(part);
    }
  });

  it('says "none" where there is none', () => {
    expect(() => chooseAdapter(survey())).toThrow('there is none');
  });
});

describe('adviceFor', () => {
  it('has none for a machine with a GPU', () => expect(adviceFor([radeon, llvmpipe], 'linux', true)).toBeNull());

  it('names Mesa where llvmpipe is missing, and says when an installed one is not used', () => {
    expect(adviceFor([embedded], 'linux', false)).toMatch(/Mesa 25 or later.*5 times as fast/);
    expect(adviceFor([embedded], 'linux', true)).toContain('too old for Dawn');
    expect(adviceFor([llvmpipe], 'linux', true)).not.toContain('Mesa');
    expect(adviceFor([], 'darwin', false)).not.toContain('Mesa');
  });
});
