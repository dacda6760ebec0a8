// Whether two pictures of a page are alike, though two machines draw letters differently: both are made small, which blurs the
// letters into grey, and compared field by field. Chromium itself draws and reads them; no library is needed.

/** Runs in any page without a policy: a picture made `width` px wide, as base64 of a PNG, and its grey values. */
async function small([png, width]) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const height = Math.max(1, Math.round((bitmap.height * width) / bitmap.width));
  const canvas = new OffscreenCanvas(width, height), pen = canvas.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const grey = Array.from({ length: width * height }, (_, n) => Math.round((data[4 * n] + data[4 * n + 1] + data[4 * n + 2]) / 3));
  const octets = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return { width, height, grey, png: btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join('')) };
}
export const shrunk = (page, png, width) => page.evaluate(small, [png.toString('base64'), width]);

const FIELD = 8;

/** The mean grey of each field of 8 by 8. */
function fields({ width, height, grey }) {
  const across = Math.ceil(width / FIELD), down = Math.ceil(height / FIELD), sums = new Float64Array(across * down), counts = new Float64Array(across * down);
  grey.forEach((value, n) => {
    const at = Math.floor(Math.floor(n / width) / FIELD) * across + Math.floor((n % width) / FIELD);
    sums[at] += value;
    counts[at] += 1;
  });
  return sums.map((sum, n) => sum / counts[n]);
}

/** Of 255, how far a field may be off; and which part of all fields may be further off. */
export const TOLERANCE = { field: 14, part: 0.02 };

/** `null` when they are alike, else in which way they are not. */
export function unlike(kept, now) {
  if (Math.abs(kept.height - now.height) > Math.max(4, kept.height * 0.03)) return `is ${now.height} high instead of ${kept.height}`;
  const rows = Math.min(kept.height, now.height), cut = (one) => ({ ...one, height: rows, grey: one.grey.slice(0, rows * one.width) });
  const [a, b] = [fields(cut(kept)), fields(cut(now))];
  const off = a.filter((value, n) => Math.abs(value - b[n]) > TOLERANCE.field).length;
  return off / a.length > TOLERANCE.part ? `differs in ${off} of ${a.length} fields` : null;
}
