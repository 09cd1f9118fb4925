import { writeFile } from "node:fs/promises";
import { encodeQR } from "qr";

/** Pixels, as a cheap phone's camera has them. */
const WIDTH = 640;
const HEIGHT = 480;
/** Luma of a screen in a dim room: neither black nor white. */
const [DARK, LIGHT, AROUND] = [50, 205, 120];

/** What Chromium needs to see a file instead of through a camera; the file is opened when the camera is. */
export function fakeCamera(path: string): string[] {
  return [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${path}`,
  ];
}

/** From now on the camera sees this text as a QR code, on a screen that it is held before; or nothing at all. */
export async function seen(path: string, text: string | undefined): Promise<void> {
  const luma = Buffer.alloc(WIDTH * HEIGHT, AROUND);
  if (text !== undefined) draw(luma, encodeQR(text, "raw", { border: 4, ecc: text.length > 150 ? "low" : "medium" }));
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, colour]);
  // YUV4MPEG2, as mjpegtools' yuv4mpeg(5) describes it; two frames, which repeat.
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([header, frame, frame]));
}

function draw(luma: Buffer, modules: readonly (readonly boolean[])[]): void {
  const scale = Math.floor(HEIGHT / modules.length);
  const [left, top] = [WIDTH, HEIGHT].map((side) => Math.floor((side - scale * modules.length) / 2));
  for (let y = 0; y < scale * modules.length; y += 1)
    for (let x = 0; x < scale * modules.length; x += 1) {
      const dark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      luma[((top ?? 0) + y) * WIDTH + (left ?? 0) + x] = dark ? DARK : LIGHT;
    }
}
