// <raft-playground>: a live Raft cluster on any page. Importing it defines the element.

/** What was wrong. Another entry of the package has a class of the same name: look at `name`. */
export class RaftPlaygroundError extends Error {
  readonly name: "RaftPlaygroundError";
  readonly code: "not-loaded" | "wrong-text" | "cannot-be-done";
  /** The line of the text, from 1. */
  readonly line?: number;
  /** What was expected there. */
  readonly expected?: string;
}

/** The element's attributes. */
export interface RaftPlaygroundAttributes {
  /** The name of something that comes with the playground. */
  scenario?: string;
  lesson?: string;
  /** The step at which a lesson begins, from 1. */
  step?: number | `${number}`;
  /** The address of a scenario text. */
  src?: string;
  /** What stands behind `#` in a shared link: that run, at that moment. */
  link?: string;
  /** The moment at which it begins, such as `204ms`. */
  at?: string;
  /** Where it stops playing: a time, or a claim such as `leader n3`. */
  until?: string;
  /** Words of `stage`, `logs`, `lesson`, `panel`, `all`. */
  view?: string;
  /** `click` (as without it): behind a poster; `visible`: plays once seen; `none`: stands once seen. */
  play?: "click" | "visible" | "none";
  pace?: "calm" | "steady";
  /** A steady speed from `1/1000` to `10`. */
  speed?: number | string;
  theme?: "auto" | "light" | "dark";
  /** The attribute of `<html>` or `<body>` by which the site is light or dark. */
  "theme-switch"?: string;
  lang?: "en" | "zh";
  label?: string;
  caption?: string;
  /** Without the bar that has the title. */
  controls?: "none";
  /** In pixels, from 200 to 3999; without it the picture is 4 by 3. */
  height?: number | `${number}`;
  /** `all`: while it has the focus it takes a slide deck's keys too. */
  keys?: "own" | "all";
  /** The folder of another version of the playground. */
  base?: string;
}

/** Times are in microseconds. */
export interface RaftPlaygroundState {
  timeUs: number;
  events: number;
  playing: boolean;
  leader: string | null | undefined;
  committed: number;
  violations: number;
  branches: number;
}

export interface RaftPlaygroundFullState extends RaftPlaygroundState {
  servers: {
    id: string;
    role: string;
    term: number;
    votedFor: string | null | undefined;
    commitIndex: number;
    appliedIndex: number;
    durableIndex: number;
    log: { index: number; term: number; text: string }[];
    /** Its store, by key: all that it has applied is in there. */
    values: { key: string; value: string; modRevision: number }[];
  }[];
  messages: { from: string; to: string; kind: string; term: number; sentAtUs: number; dueUs: number }[];
}

/** The details of each event. */
export interface RaftPlaygroundDetails {
  "raft-ready": null | undefined;
  "raft-error": { message: string; code: "not-loaded" | "wrong-text" | "cannot-be-done"; line?: number; expected?: string };
  "raft-leader": { server: string; term: number; timeUs: number };
  /** A leader knows that everything up to `index` is committed. */
  "raft-commit": { server: string; index: number; timeUs: number };
  "raft-violation": { property: string; sentence: string; timeUs: number };
  "raft-say": { text: string; timeUs: number };
  "raft-step": { step: number; steps: number; heading: string; rests: boolean };
  /** At most four times a second. */
  "raft-time": { timeUs: number; playing: boolean };
  "raft-end": { timeUs: number };
}

export type RaftPlaygroundEvents = { [Name in keyof RaftPlaygroundDetails]: CustomEvent<RaftPlaygroundDetails[Name]> };

export class RaftPlayground extends HTMLElement {
  /** Resolves once it stands as it was asked for. */
  readonly ready: Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** One event on, or one step of a lesson. */
  step(): Promise<void>;
  /** To a moment: microseconds, or a time such as `"204ms"`. */
  seek(time: number | string): Promise<void>;
  /** One line of scenario text, such as `"crash n2"`. */
  run(line: string): Promise<void>;
  state(how: { full: true }): Promise<RaftPlaygroundFullState>;
  state(how?: { full?: boolean }): Promise<RaftPlaygroundState>;
  /** The run as scenario text. */
  text(): Promise<string>;
  /** A picture of this moment, as the text of an SVG file. */
  svg(): Promise<string>;

  addEventListener<Name extends keyof RaftPlaygroundEvents>(
    type: Name,
    listener: (this: RaftPlayground, event: RaftPlaygroundEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: RaftPlayground, event: HTMLElementEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof RaftPlaygroundEvents>(
    type: Name,
    listener: (this: RaftPlayground, event: RaftPlaygroundEvents[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "raft-playground": RaftPlayground;
  }
  // The events bubble, so whoever is above hears them too.
  interface GlobalEventHandlersEventMap extends RaftPlaygroundEvents {}
}
