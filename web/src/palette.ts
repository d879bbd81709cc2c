// Viridis (S. van der Walt, N. Smith, 2015, CC0): even steps of lightness, also for the colour
// blind. Nine points of it, with straight lines between.
const viridis = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

// For angles, both ends alike: twilight (B. Blurton, 2018, CC0), nine points of it.
const twilight = [0xe2d9e2, 0x9ebbc9, 0x6785be, 0x5e43a5, 0x2f1436, 0x7c2549, 0xb25652, 0xcc9d7f, 0xe2d9e2];

/** Colour of value 0..255 as the 32 bits of a canvas pixel (ABGR). */
const colours = (points: readonly number[]): Uint32Array =>
  new Uint32Array(256).map((_, i) => {
    const at = (i / 255) * (points.length - 1);
    const low = points[Math.floor(at)] ?? 0;
    const high = points[Math.ceil(at)] ?? 0;
    const mix = (shift: number): number => {
      const a = (low >> shift) & 255;
      const b = (high >> shift) & 255;
      return Math.round(a + (b - a) * (at % 1));
    };
    return (255 << 24) | (mix(0) << 16) | (mix(8) << 8) | mix(16);
  });
export const palette = colours(viridis);
export const cyclic = colours(twilight);
