/** Every command of GradLens that the user can meet: in the palette, a lens, a link of a hover, or a problem's code. */
export const commandIds = [
  'gradlens.probe',
  'gradlens.showPanel',
  'gradlens.whatIf',
  'gradlens.explainRule',
  'gradlens.turnRuleOff',
  'gradlens.showFixes',
  'gradlens.copyDebugInformation',
  'gradlens.restartProbeProcess',
  'gradlens.whyNoFindings',
  'gradlens.tellSizes',
  'gradlens.compareCheckpoint',
] as const;

export type CommandId = (typeof commandIds)[number];
