// The generators that come with the package, one line each.
export { boosted } from './boosted.ts';
