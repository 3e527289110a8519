// Runs the tests of networks on TensorFlow's own library as well: `npm run test:tensorflow`. Where it cannot be made, it says
// why and is no failure.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindingVersion, libraryVersion, makeLibrary } from './library.ts';

const files = ['engines', 'trainer', 'adversarial'].map((name) =>
  join('dist', 'test', 'models', 'nets', `${name}.test.js`),
);
const folder = join(tmpdir(), `synthouse-tfjs-node-${bindingVersion}-${libraryVersion}`);
let modules: string | undefined;
try {
  modules = makeLibrary(folder);
} catch (error) {
  const cause =
    error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message.split('\n')[0]})` : '';
  console.log(
    `skipped: TensorFlow's library cannot be made here: ${error instanceof Error ? error.message : ''}${cause}`,
  );
}
if (modules !== undefined) {
  const mocha = ['--no-config', '--enable-source-maps', '--timeout', '120000', '--reporter', 'dot', ...files];
  const { status } = spawnSync('node_modules/.bin/mocha', mocha, {
    stdio: 'inherit',
    env: { ...process.env, NODE_PATH: modules, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  process.exitCode = status ?? 1;
}
