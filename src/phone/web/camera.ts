import type { Clock } from "./ports.ts";
import type { QrReader } from "./qr-reader.ts";

/** `refused`: by the person or the system; `missing`: there is none, or this page may not have one; `busy`: another program has it. */
export type CameraState = "asking" | "looking" | "refused" | "missing" | "busy";

/** The rear camera, looked through until somebody has seen enough. */
export type Look = {
  /** What it sees. */
  readonly view: HTMLVideoElement;
  readonly state: CameraState;
  /** Lets the camera go, for good. */
  end(): void;
};

export type Camera = {
  /** `seen` may be called more than once: with every code that comes into view, until `end`. */
  look(told: { readonly seen: (text: string) => void; readonly changed: (state: CameraState) => void }): Look;
};

// Milliseconds between two looks: a person holds still for longer, and the phone stays cool.
const EVERY = 160;
const WANTED = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } } } as const;

export function createCamera(ports: {
  /** None in a page that did not come over https. */
  readonly devices: Pick<MediaDevices, "getUserMedia"> | undefined;
  readonly document: Document;
  readonly clock: Clock;
  readonly reader: QrReader;
}): Camera {
  const { devices, document, clock, reader } = ports;
  return {
    look({ seen, changed }) {
      const view = document.createElement("video");
      view.muted = true;
      view.playsInline = true;
      let state: CameraState = "asking";
      let stream: MediaStream | undefined;
      let cancel = () => {};
      // Another number for each try: a camera that comes after it was given up is let go at once.
      let turn = 0;
      const become = (next: CameraState) => {
        if (next === state) return;
        state = next;
        changed(next);
      };
      const rest = () => {
        turn += 1;
        cancel();
        if (stream !== undefined) release(stream);
        stream = undefined;
        view.srcObject = null;
      };
      const watch = (own: number) => {
        cancel = clock.after(EVERY, () => {
          const text = reader.frame(view);
          if (text !== undefined) seen(text);
          if (own === turn) watch(own);
        });
      };
      const begin = async () => {
        turn += 1;
        const own = turn;
        if (devices === undefined) return become("missing");
        try {
          const opened = await devices.getUserMedia(WANTED);
          if (own !== turn) return release(opened);
          stream = opened;
          view.srcObject = opened;
          await view.play();
        } catch (error) {
          return own === turn ? become(reasonOf(error)) : undefined;
        }
        become("looking");
        watch(own);
      };
      // Nobody looks at a page that is hidden, and a camera's light would frighten.
      const look = () => {
        if (document.hidden) rest();
        else if (stream === undefined) void begin();
      };
      document.addEventListener("visibilitychange", look);
      look();
      return {
        view,
        get state() {
          return state;
        },
        end() {
          document.removeEventListener("visibilitychange", look);
          rest();
        },
      };
    },
  };
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** By the names of W3C Media Capture and Streams, section 10.2. */
function reasonOf(error: unknown): CameraState {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}
