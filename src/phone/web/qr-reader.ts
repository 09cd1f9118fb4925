import { decodeQR } from "qr/decode.js";

/** Reads QR codes from pictures; keeps one canvas for all of them. */
export type QrReader = {
  /** One frame of a camera; the next one comes soon, so it takes no pains. */
  frame(video: HTMLVideoElement): string | undefined;
  /** A picture that the person chose; undefined where no code is found in it, or it is no picture. */
  picture(file: Blob): Promise<string | undefined>;
};

// Pixels of the longer side: the largest of our codes has 97 modules, and three pixels a module are read well.
const FRAME = 800;
// Large pictures hold small codes, and blurred ones are read better when they are made small.
const PICTURE = [2400, 1200, 600] as const;
// Milliseconds. A person looks at nothing else meanwhile.
const PATIENCE = 400;

export function createQrReader(document: Document): QrReader {
  const canvas = document.createElement("canvas");
  const pencil = canvas.getContext("2d", { willReadFrequently: true });

  const read = (source: CanvasImageSource, size: { width: number; height: number }, patience?: number) => {
    if (pencil === null || size.width === 0 || size.height === 0) return undefined;
    canvas.width = size.width;
    canvas.height = size.height;
    pencil.drawImage(source, 0, 0, size.width, size.height);
    try {
      const image = pencil.getImageData(0, 0, size.width, size.height);
      return decodeQR(image, patience === undefined ? {} : { timeLimit: patience, effort: 3 });
    } catch {
      // It says in the same way that there is no code and that it could not be read.
      return undefined;
    }
  };

  return {
    frame: (video) => read(video, fitted({ width: video.videoWidth, height: video.videoHeight }, FRAME)),
    async picture(file) {
      const bitmap = await createImageBitmap(file).catch(() => undefined);
      if (bitmap === undefined) return undefined;
      const sizes = PICTURE.filter((longest, at) => at === PICTURE.length - 1 || longestOf(bitmap) > longest / 2);
      try {
        for (const longest of sizes) {
          const text = read(bitmap, fitted(bitmap, longest), PATIENCE);
          if (text !== undefined) return text;
        }
        return undefined;
      } finally {
        bitmap.close();
      }
    },
  };
}

function longestOf({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}

/** Never larger than it is. */
function fitted(size: { width: number; height: number }, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(1, longestOf(size)));
  return { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
}
