import "raft-playground";
import { RaftPlayground } from "raft-playground/element";
import { at, load, RaftPlaygroundError, run, type Report } from "raft-playground/engine";
import "raft-playground/inline";
import "raft-playground/react";
import raftPlayground from "raft-playground/esbuild";

// The element.
const element = document.createElement("raft-playground");
const same: RaftPlayground = element;
await same.ready;
await element.seek("204ms");
await element.seek(204_000);
await element.run("crash n2");
const { leader, timeUs } = await element.state();
const { servers } = await element.state({ full: true });
const role: string | undefined = servers[0]?.role;
const late: number = timeUs + 1;
element.addEventListener("raft-leader", ({ detail }) => detail.server.toUpperCase() + detail.term.toFixed());
element.addEventListener("click", ({ clientX }) => clientX.toFixed());
document.addEventListener("raft-error", ({ detail: { code, line } }) => [code === "wrong-text", line?.toFixed()]);
document.querySelector("raft-playground")?.pause();
// @ts-expect-error a moment is no object
element.seek({ ms: 204 });
// @ts-expect-error it takes one line
element.run(["crash n2"]);
// @ts-expect-error servers are told where they are asked for
(await element.state()).servers;
// @ts-expect-error there is no such method
element.stop();
element.addEventListener("raft-commit", ({ detail }) => {
  // @ts-expect-error a commit has an index, and no term
  return detail.term;
});
// @ts-expect-error it is not to be set
element.ready = Promise.resolve();

// The engine.
const report: Report = await run("nodes 3");
const held: boolean = report.held;
const terms: number[] = report.nodes.map(({ term }) => term);
const moment = await at("nodes 3", { until: "leader n1", logs: true, theme: "dark", width: 640 });
const picture: string = moment.svg + moment.alt;
const engine = await load({ module: new URL("https://example.org/engine.wasm") });
const again: Report = engine.run("nodes 3");
engine.at("nodes 3", "204ms").state.messages[0]?.dueUs.toFixed();
// @ts-expect-error a time or a claim, not both
await at("nodes 3", { at: "1ms", until: "leader n1" });
// @ts-expect-error no such theme
await at("nodes 3", { at: "1ms", theme: "blue" });
// @ts-expect-error a text is needed
await run();
// @ts-expect-error the report has its time in microseconds
report.time_ms;
try {
  engine.run("nodes 0");
} catch (error) {
  if (error instanceof RaftPlaygroundError) {
    const line: number | undefined = error.line;
    // @ts-expect-error no such code
    const unknown: boolean = error.code === "wrong";
    void [line, unknown];
  }
}

// JSX.
export const view = (
  <raft-playground scenario="split-vote" at="204ms" until="leader n3" keys="all" theme-switch="class" play="visible" height={360} className="wide" ref={(it) => void it?.play()}>
    <script type="text/raft">nodes 3</script>
  </raft-playground>
);
// @ts-expect-error no such way to play
export const odd = <raft-playground play="always" />;
// @ts-expect-error no such attribute
export const other = <raft-playground scenery="split-vote" />;

void [leader, role, late, held, terms, picture, again, raftPlayground().name];
