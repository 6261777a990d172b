// Writes the still that index.html shows before the page's module is there: `cargo xtask still`.
import { writeFile } from "node:fs/promises";
import { open, start, stop } from "./page.mjs";
import { FILE, drawn } from "./still.mjs";

await start();
try {
  const { page } = await open("", { calm: true, frozen: true, locale: "en-US" });
  await writeFile(FILE, await drawn(page));
  console.log(`Wrote ${FILE}`);
} finally {
  await stop();
}
