/** The engine as a bundle of its own: the extension loads it with the first text, so that activation does not wait for it. */
export { createAnalyzer, mendAll } from './analysis';
export { createReader } from './readers';
export { catalogue } from './rules';
export { whatIfFigures, writtenVariation } from './panels/whatIf';
