const factor = Number(process.env['PROPERTY_RUNS'] ?? 1);

/** How often a property is tried: as often as it says, and with `PROPERTY_RUNS=10` ten times as often, as in .ci/run. */
export const propertyRuns = (usual: number): number => usual * factor;
