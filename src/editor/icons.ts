import type { Severity } from '../rules';

/** Theme icons by severity, as they stand in lenses and hovers. */
export const severityIcons: Readonly<Record<Severity, string>> = {
  error: '$(error)',
  warning: '$(warning)',
  information: '$(info)',
};
