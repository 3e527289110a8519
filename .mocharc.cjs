// How mocha runs the fast tests: files side by side, each in a process of its own, since most of them wait for their own work.
const { availableParallelism } = require('node:os');

module.exports = {
  spec: ['dist/test/**/*.test.js'],
  timeout: 60_000,
  reporter: 'dot',
  'node-option': ['enable-source-maps'],
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
};
