// The channels that users name in synth.config.ts.
export { command } from './command.ts';
export { email } from './email.ts';
export { slack } from './slack.ts';
export { webhook } from './webhook.ts';
