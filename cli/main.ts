#!/usr/bin/env node
// The command `synth`. It loads what the command at hand needs and nothing else, so that help and mistakes answer at once.
import { runCommandLine } from './run.ts';

await runCommandLine(process.argv);
