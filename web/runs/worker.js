// One thread of `runs.js`: it is brought to a moment of a run, and counts what comes of its futures.
import init, { Runs } from "./engine.js";

let runs;

const answer = ({ id, place, question, events, first, count }) => {
  if (place) {
    runs?.free();
    runs = undefined;
    runs = new Runs(place.text, place.goesOn, place.moment, place.digest);
  }
  if (question !== undefined) runs.ask(question);
  if (events !== undefined) runs.seek(events);
  const futures = runs.futures(first, count);
  postMessage({ id, futures }, [futures.buffer]);
};

onmessage = async ({ data }) => {
  try {
    if (!data.module) return answer(data);
    await init({ module_or_path: data.module });
    postMessage("ready");
  } catch (error) {
    postMessage({ id: data.id, error: error.message ?? String(error) });
  }
};
