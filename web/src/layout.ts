// A room's plan, as /api/v1/rooms has it: metres, x along the length, y along the width, z up.
export type Place = [x: number, y: number, z: number];

export interface Layout {
  id: string;
  name: string;
  size_m: Place;
  links: string[];
  nodes: { name: string; position_m: Place }[];
  zones: { id: string; name: string; min_m: [number, number]; max_m: [number, number] }[];
}

const LIGHT_MPS = 299_792_458;

/** Largest radius of the first Fresnel zone of a path of d metres: sqrt(lambda d) / 2. */
export function fresnelRadius_m(d_m: number, freq_mhz: number): number {
  return Math.sqrt((LIGHT_MPS / (freq_mhz * 1e6)) * d_m) / 2;
}
