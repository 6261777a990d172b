// What both entries of the engine share: texts in, values and errors out.
import init, { moment, report } from "./engine.core.js";

/** What was given cannot be carried out; `line` and `expected` where a text is wrong. */
export class RaftPlaygroundError extends Error {
  constructor({ message, code = "cannot-be-done", line, expected }) {
    super(message);
    Object.assign(this, { name: "RaftPlaygroundError", code, line, expected });
  }
}

const string = (given, what) => {
  if (typeof given !== "string") throw new TypeError(`expected a string as ${what}, found ${typeof given}`);
  return given;
};

/** Calls the engine, whose own errors are JSON. */
const asked = (work) => {
  try {
    return JSON.parse(work());
  } catch (error) {
    throw typeof error === "string" ? new RaftPlaygroundError(JSON.parse(error)) : error;
  }
};

const engine = {
  run(text) {
    const [held, made] = asked(() => report(string(text, "the text")));
    // Beside what the command line prints: as JSON it is the same.
    return Object.defineProperty(made, "held", { value: held });
  },
  at(text, when = {}) {
    const { at = "", until = "", logs = false, theme = "auto", width = "" } = typeof when === "string" ? { at: when } : when;
    if (at && until) throw new TypeError("expected `at` or `until`, found both");
    const look = `${logs ? "logs " : ""}${theme} ${width}`;
    return asked(() => moment(string(text, "the text"), string(at, "`at`"), string(until, "`until`"), look));
  },
};

/** The engine's entry points, by how its module is found where nobody names another. */
export function entry(find) {
  let loading;
  const load = ({ module } = {}) => {
    loading ??= (async () => init({ module_or_path: module ?? (await find()) }))().catch((cause) => {
      loading = undefined;
      throw new RaftPlaygroundError({ code: "not-loaded", message: `The engine could not be loaded: ${cause.message ?? cause}` });
    });
    return loading.then(() => engine);
  };
  const run = async (text) => (await load()).run(text);
  const at = async (text, when) => (await load()).at(text, when);
  return { load, run, at };
}
