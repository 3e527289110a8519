// Makes a folder in which @tensorflow/tfjs-node works, without its own download: the library comes from the Python package
// tensorflow-cpu, and its binding is compiled here. Linux on x64 only.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const libraryVersion = '2.21.0';
export const bindingVersion = '4.22.0';

/** Unpacks the two libraries and the headers of their C interface. */
const unpack = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wanted = ('tensorflow/include/tensorflow/c/', 'tensorflow/include/xla/tsl/c/', 'tensorflow/include/tsl/',
          'tensorflow/include/tensorflow/core/platform/')
names = [n for n in wheel.namelist() if n.startswith(wanted) or n.startswith('tensorflow/libtensorflow_')]
wheel.extractall(sys.argv[2], names)
`;

/**
 * @returns the folder's node_modules, for NODE_PATH
 * @throws Error with the reason why it cannot be made on this machine
 */
export function makeLibrary(folder: string): string {
  const modules = join(folder, 'node_modules');
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return modules;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it is made on Linux x64 only');
  const headers = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (!existsSync(join(headers, 'node_api.h'))) throw new Error('the headers of Node are not installed');
  // A half-made folder is no start.
  const making = `${folder}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    const run = (command: string, args: readonly string[]): void => {
      try {
        execFileSync(command, args, { cwd: making, stdio: ['ignore', 'ignore', 'pipe'] });
      } catch (cause) {
        throw new Error(`${command} ${args[0]} failed`, { cause });
      }
    };
    run('g++', ['--version']);
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', making];
    run('python3', [
      ...pip,
      '--python-version',
      '3.11',
      '--platform',
      'manylinux_2_27_x86_64',
      `tensorflow-cpu==${libraryVersion}`,
    ]);
    const wheel = readdirSync(making).find((name) => name.endsWith('.whl')) ?? '';
    run('python3', ['-c', unpack, wheel, making]);
    rmSync(join(making, wheel));
    writeFileSync(join(making, 'package.json'), '{"private":true}');
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `@tensorflow/tfjs-node@${bindingVersion}`]);
    const binding = join(making, 'node_modules', '@tensorflow', 'tfjs-node');
    const library = join(making, 'tensorflow');
    mkdirSync(join(binding, 'lib', 'napi-v8'), { recursive: true });
    run('g++', [
      ...['-shared', '-fPIC', '-O1', '-std=c++17', '-DNAPI_VERSION=8'],
      ...[`-I${headers}`, `-I${join(library, 'include')}`, `-I${binding}`],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(binding, 'binding', file)),
      ...['-o', join(binding, 'lib', 'napi-v8', 'tfjs_binding.node')],
      ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => join(library, file)),
      `-Wl,-rpath,${join(folder, 'tensorflow')}`,
    ]);
    writeFileSync(join(making, 'complete'), '');
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return modules;
}
