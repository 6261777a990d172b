// Many runs at once, in web workers: each has an engine that draws nothing, made from a module that is
// compiled once for all of them. The page's own module could not serve: it mounts a page.

const WORKER = new URL("./worker.js", import.meta.url);
const ENGINE = new URL("./engine.wasm", import.meta.url);

let compiled;
const compile = async () => {
  const answer = await fetch(ENGINE);
  if (!answer.ok) throw new Error(`engine.wasm: ${answer.status}`);
  return WebAssembly.compile(await answer.arrayBuffer());
};

/** A worker of this site, or, on another site's page, one that begins with a script of that page's. */
const begin = () => {
  if (WORKER.origin === location.origin) return new Worker(WORKER, { type: "module" });
  const script = URL.createObjectURL(
    new Blob([`import ${JSON.stringify(WORKER.href)};`], { type: "text/javascript" }),
  );
  return new Worker(script, { type: "module" });
};

/** So many workers, once each of them has said that it is there. */
export const pool = async (size, told) => {
  const module = await (compiled ??= compile().catch((error) => { compiled = undefined; throw error; }));
  const workers = [];
  const underWay = [];
  const stop = () => workers.forEach((worker) => worker.terminate());
  const started = Array.from({ length: size }, (_, at) => new Promise((resolve, reject) => {
    const worker = begin();
    workers.push(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || "a worker could not be started"));
      told(at, new Error(event.message || "a worker has ended"), underWay[at]);
    };
    worker.onmessage = ({ data }) => {
      if (data === "ready") resolve();
      else told(at, data.error === undefined ? data.futures : new Error(data.error), data.id);
    };
    worker.postMessage({ module });
  }));
  try {
    await Promise.all(started);
  } catch (error) {
    stop();
    throw error;
  }
  const ask = (at, task) => {
    underWay[at] = task.id;
    workers[at].postMessage(task);
  };
  return { ask, stop };
};

/** How many there are to be: one core is the page's. */
export const cores = () => Math.min(Math.max((navigator.hardwareConcurrency || 2) - 1, 1), 8);
