// QR codes (ISO/IEC 18004) of a text: bytes in UTF-8, error correction level M, versions 1 to 10, which have
// room for 213 bytes.

/** By version: error correction codewords of a block, and the data codewords of each block. */
const BLOCKS = [
  [10, [16]],
  [16, [28]],
  [26, [44]],
  [18, [32, 32]],
  [24, [43, 43]],
  [16, [27, 27, 27, 27]],
  [18, [31, 31, 31, 31]],
  [22, [38, 38, 39, 39]],
  [22, [36, 36, 36, 37, 37]],
  [26, [43, 43, 43, 43, 44]],
];
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** @returns rows of modules, true for dark ones, without the margin of four that belongs around them. */
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  const version = 1 + BLOCKS.findIndex(([, blocks], i) => bytes.length <= sum(blocks) - (i < 9 ? 2 : 3));
  if (version === 0) throw new RangeError("too long for a QR code");
  const codewords = interleaved(data(bytes, version), version);
  const candidates = MASKS.map((_, mask) => drawn(version, codewords, mask));
  const penalties = candidates.map(penalty);
  return candidates[penalties.indexOf(Math.min(...penalties))];
}

const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Mode, length, bytes, and padding. */
function data(bytes, version) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const room = sum(BLOCKS[version - 1][1]);
  put(0, Math.min(4, room * 8 - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** The blocks' data codewords in turns, then their error correction codewords likewise. */
function interleaved(words, version) {
  const [degree, lengths] = BLOCKS[version - 1];
  let from = 0;
  const blocks = lengths.map((length) => words.slice(from, (from += length)));
  const corrections = blocks.map((block) => remainder(block, divisor(degree)));
  const turns = (lists) =>
    Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, i) =>
      lists.flatMap((list) => (i < list.length ? [list[i]] : [])),
    ).flat();
  return [...turns(blocks), ...turns(corrections)];
}

/** In the field of 256 elements, modulo x⁸ + x⁴ + x³ + x² + 1. */
function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> i) & 1) * a;
  }
  return product;
}

/** The polynomial (x - 1)(x - 2)(x - 4)… without its leading 1. */
function divisor(degree) {
  const result = [...Array(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let j = 0; j < degree; j++) result[j] = times(result[j], root) ^ (result[j + 1] ?? 0);
  }
  return result;
}

function remainder(words, by) {
  const result = Array(by.length).fill(0);
  for (const word of words) {
    const factor = word ^ result.shift();
    result.push(0);
    by.forEach((coefficient, i) => (result[i] ^= times(coefficient, factor)));
  }
  return result;
}

function drawn(version, codewords, mask) {
  const size = 17 + 4 * version;
  const modules = Array.from({ length: size }, () => Array(size).fill(false));
  const fixed = Array.from({ length: size }, () => Array(size).fill(false));
  const set = (x, y, dark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    modules[y][x] = Boolean(dark);
    fixed[y][x] = true;
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    square(4, (dx, dy, ring) => set(cx + dx, cy + dy, ring !== 2 && ring !== 4));
  }
  const at = ALIGNMENT[version - 1];
  const last = at.length - 1;
  at.forEach((cx, i) =>
    at.forEach((cy, j) => {
      if ((i === 0 && (j === 0 || j === last)) || (i === last && j === 0)) return;
      square(2, (dx, dy, ring) => set(cx + dx, cy + dy, ring !== 1));
    }),
  );
  drawFormat(set, size, mask);
  if (version >= 7) drawVersion(set, size, version);
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      for (const x of [right, right - 1]) {
        const y = upward ? size - 1 - step : step;
        if (fixed[y][x]) continue;
        const dark = bit < codewords.length * 8 && ((codewords[bit >> 3] >> (7 - (bit & 7))) & 1) === 1;
        modules[y][x] = dark !== (MASKS[mask](x, y) === 0);
        bit++;
      }
    }
  }
  return modules;
}

function square(reach, each) {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) each(dx, dy, Math.max(Math.abs(dx), Math.abs(dy)));
  }
}

/** With the remainder of a division by the generator behind it. */
function protectedBits(value, length, generator, degree) {
  let rest = value;
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * generator);
  return (value << degree) | (rest & ((1 << degree) - 1));
}

/** Level M is 0, so the mask alone stands here. */
function drawFormat(set, size, mask) {
  const bits = protectedBits(mask, 5, 0x537, 10) ^ 0x5412;
  const bit = (i) => (bits >> i) & 1;
  for (let i = 0; i <= 5; i++) set(8, i, bit(i));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i));
  set(8, size - 8, true);
}

function drawVersion(set, size, version) {
  const bits = protectedBits(version, 6, 0x1f25, 12);
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    set(a, b, (bits >> i) & 1);
    set(b, a, (bits >> i) & 1);
  }
}

/** How hard to read it is: runs, blocks, patterns like the finders', and one colour's excess. */
function penalty(modules) {
  const size = modules.length;
  const lines = [...modules, ...modules.map((_, x) => modules.map((row) => row[x]))];
  let points = 0;
  for (const line of lines) {
    const text = line.map((dark) => (dark ? "1" : "0")).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) points += run.length - 2;
    points += 40 * [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const dark = modules[y][x];
      if (modules[y][x - 1] === dark && modules[y - 1][x] === dark && modules[y - 1][x - 1] === dark) points += 3;
    }
  }
  const dark = modules.flat().filter(Boolean).length;
  return points + 10 * Math.floor(Math.abs((dark / size / size) * 20 - 10));
}
