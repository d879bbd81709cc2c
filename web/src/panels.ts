// Loaded when the first panel is opened: with them comes uPlot.
export { BreathingPanel } from "./panel-breathing";
export { PhasePanel } from "./panel-phase";
export { TimePanel } from "./panel-time";
