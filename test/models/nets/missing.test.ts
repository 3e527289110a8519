import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hasTensorflow } from './support.ts';

const nets = new URL('../../../models/nets/index.js', import.meta.url).href;

/** Runs a script in a process of its own, in which these packages are not installed; gives what it prints, parsed. */
async function without(packages: readonly string[], script: string): Promise<unknown> {
  const hooks = `export async function resolve(name, context, next) {
    if (${JSON.stringify(packages)}.some((gone) => name.startsWith(gone))) throw new Error('not installed');
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(
    encodeURIComponent(hooks),
  )});`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(register)}`,
    '--input-type=module',
    '--eval',
    `import { chooseEngine } from ${JSON.stringify(nets)}; ${script}`,
  ]);
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
});
