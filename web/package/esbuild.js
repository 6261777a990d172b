// esbuild leaves `new URL("./x.wasm", import.meta.url)` as it is: this lays the modules where the
// bundle then looks for them, beside itself.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = ["playground.wasm", "engine.wasm"];

export default function raftPlayground() {
  return {
    name: "raft-playground",
    setup(build) {
      const { outdir, outfile, absWorkingDir = process.cwd() } = build.initialOptions;
      // Which of them a bundle names is known from what it was made of.
      build.initialOptions.metafile = true;
      build.onEnd(async ({ metafile, errors }) => {
        if (errors.length > 0 || !metafile) return;
        const root = outdir ?? (outfile && dirname(outfile));
        if (!root) return { errors: [{ text: "raft-playground: expected `outdir` or `outfile`, to lay its modules there" }] };
        for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
          for (const module of MODULES) {
            const namer = module === "engine.wasm" ? /\/engine(\.node)?\.js$/ : /\/element\.js$/;
            const names = Object.keys(inputs).some((input) => /raft-playground\//.test(input) && namer.test(input));
            if (!names) continue;
            const folder = join(absWorkingDir, dirname(file));
            await mkdir(folder, { recursive: true });
            await copyFile(fileURLToPath(new URL(module, import.meta.url)), join(folder, module));
          }
        }
        return undefined;
      });
    },
  };
}
