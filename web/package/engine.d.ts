// The engine without a picture: runs scenario texts in Node, workers and tests.

/** What was wrong. Another entry of the package has a class of the same name: look at `name`. */
export class RaftPlaygroundError extends Error {
  readonly name: "RaftPlaygroundError";
  /**
   * `wrong-text`: text, time, claim or picture; `cannot-be-done`: the run has no such moment;
   * `not-loaded`: the module could not be had.
   */
  readonly code: "not-loaded" | "wrong-text" | "cannot-be-done";
  /** The line of the text, from 1. */
  readonly line?: number;
  /** What was expected there. */
  readonly expected?: string;
}

export type Role = "leader" | "candidate" | "pre-candidate" | "follower" | "learner" | (string & {});

export interface Entry {
  index: number;
  term: number;
  kind: string;
  text: string;
}

export interface Node {
  id: string;
  up: boolean;
  role: Role;
  term: number;
  voted_for: string | null;
  /** The highest index known to be committed. */
  commit: number;
  applied: number;
  /** The last index of its snapshot; 0 where it has none. */
  snapshot: number;
  log: Entry[];
}

/** What `raft-playground run --json` prints. Times are in microseconds. */
export interface Report {
  title: string | null;
  time_us: number;
  events: number;
  /** A checksum of the end state: equal runs have equal ones. */
  digest: string;
  nodes: Node[];
  violations: { property: string; time_us: number; text: string }[];
  /** Where a recorded run took a different course; absent if it repeated itself. */
  difference?: { engine: number | null; at: string; line: number | null; command: string; found: string };
  expectations: { line: number; text: string; ok: boolean; found: string }[];
  replies: { request: string; via: string | null; outcome: string; text: string; stale?: true }[];
  /** `exit` is null while it runs. */
  consoles: { line: string; output: string; exit: number | null }[];
  /** Whether every claim and every wait held. Not enumerable: as JSON the report is the command line's. */
  readonly held: boolean;
}

export interface ServerState {
  id: string;
  role: Role;
  term: number;
  votedFor: string | null;
  commitIndex: number;
  appliedIndex: number;
  durableIndex: number;
  log: { index: number; term: number; text: string }[];
  /** Its store, by key: all that it has applied is in there. */
  values: { key: string; value: string; modRevision: number }[];
}

export interface MessageState {
  from: string;
  to: string;
  kind: string;
  term: number;
  sentAtUs: number;
  dueUs: number;
}

export interface ClusterState {
  timeUs: number;
  events: number;
  leader: string | null;
  committed: number;
  violations: number;
  servers: ServerState[];
  messages: MessageState[];
}

export interface Moment {
  state: ClusterState;
  /** A picture, as the text of an SVG file. */
  svg: string;
  /** What the picture shows, in words. */
  alt: string;
}

interface Look {
  /** With the log table below the servers. */
  logs?: boolean;
  /** `auto`: as the reader's system is set. */
  theme?: "auto" | "light" | "dark";
  /** In pixels, from 50 to 4000. */
  width?: number;
}

/** A time such as `"204ms"`, or a claim that first holds there, such as `"leader n3"`; not both. */
export type When = string | (Look & ({ at?: string; until?: never } | { at?: never; until?: string }));

export interface Engine {
  /** Carries a scenario out to its end. @throws RaftPlaygroundError where the text is wrong. */
  run(text: string): Report;
  /**
   * A run at one moment: without one, the most telling.
   * @throws RaftPlaygroundError where text, time or claim is wrong, or the claim never holds.
   */
  at(text: string, when?: When): Moment;
}

/**
 * Brings the engine, once; `module` is its wasm, where it is not beside this file: an address (a string or a
 * `URL`), a `Request` or `Response`, bytes, or a `WebAssembly.Module`.
 * Rejects with a `not-loaded` RaftPlaygroundError, and may then be called again.
 */
export function load(from?: { module?: string | object }): Promise<Engine>;
/** `load`, then {@link Engine.run}. */
export function run(text: string): Promise<Report>;
/** `load`, then {@link Engine.at}. */
export function at(text: string, when?: When): Promise<Moment>;
