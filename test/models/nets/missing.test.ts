import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasTensorflow } from './support.ts';

const nets = new URL('../../../models/nets/index.js', import.meta.url).href;

/** Runs a script in a process of its own, in which these packages are not installed; gives what it prints, parsed. */
async function without(packages: readonly string[], script: string, env: object = {}): Promise<unknown> {
  const hooks = `export async function resolve(name, context, next) {
    if (${JSON.stringify(packages)}.some((gone) => name.startsWith(gone))) throw new Error('not installed');
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(
    encodeURIComponent(hooks),
  )});`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(register)}`,
      '--input-type=module',
      '--eval',
      `import { chooseEngine } from ${JSON.stringify(nets)}; ${script}`,
    ],
    { env: { ...process.env, ...env } },
  );
  return JSON.parse(stdout);
}

const refusal = (choice: string): string => `
  const error = await chooseEngine('${choice}').catch((error) => error);
  console.log(JSON.stringify([error.code, error.message, error.hint]));`;

describe('models/nets without an engine', () => {
  it('takes WebAssembly where nothing native loads, and says so once', async () => {
    const script = `
      const lines = [];
      const names = [];
      for (let table = 0; table < 2; table++) names.push((await chooseEngine('auto', (line) => lines.push(line))).name);
      console.log(JSON.stringify({ names, lines }));`;
    const { names, lines } = (await without(['onnxruntime-node'], script)) as { names: string[]; lines: string[] };
    assert.deepEqual(names, ['wasm', 'wasm']);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /^onnxruntime-node does not load: networks train on onnxruntime-web, several times slower\.$/,
    );
  });

  for (const [choice, name] of [
    ['onnx', 'onnxruntime-node'],
    ['wasm', 'onnxruntime-web'],
    ...(hasTensorflow ? [] : [['tensorflow', '@tensorflow/tfjs-node'] as const]),
  ] as const) {
    it(`says which package the engine ${choice} lacks`, async () => {
      const [code, message, hint] = (await without([name], refusal(choice))) as [string, string, string];
      assert.equal(code, 'nets.no-engine');
      assert.ok(message.includes(`"${choice}" needs the package ${name}`), message);
      assert.match(hint, /npm install/);
    });
  }

  it('says what neural generators need when TensorFlow.js itself is missing', async () => {
    const [code] = (await without(['@tensorflow/tfjs-core'], refusal('auto'))) as [string];
    assert.equal(code, 'nets.no-tfjs');
  });

  it('gives TensorFlow the function that newer versions of Node lack, before it loads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'synthouse-tensorflow-'));
    try {
      // A package that needs the function while it loads, as the real one does.
      const name = join(folder, '@tensorflow', 'tfjs-node');
      await mkdir(name, { recursive: true });
      const loading = `
        const { isNullOrUndefined } = require('util');
        if (![null, undefined].every(isNullOrUndefined) || [0, '', false].some(isNullOrUndefined)) throw new Error('wrong');
        require('@tensorflow/tfjs-core').registerBackend('tensorflow', () => ({}));`;
      await writeFile(join(name, 'index.js'), loading);
      const script = `
        delete (await import('node:util')).default.isNullOrUndefined;
        const { name } = await chooseEngine('tensorflow');
        console.log(JSON.stringify(name));`;
      const ours = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json')), '../..');
      assert.equal(await without([], script, { NODE_PATH: [folder, ours].join(delimiter) }), 'tensorflow');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
