// What the plugins for VitePress and Docusaurus share: a block's text becomes HTML.
import { execFileSync } from "node:child_process";
import { relative } from "node:path";

/**
 * The element of a block as HTML: its text, what stands behind `raft`, its page's file and the line of
 * its fence. `command` is the program `raft-playground`, otherwise RAFT_PLAYGROUND or the one on PATH.
 * Throws an error that names the page's line where the text is wrong, or a claim does not hold.
 */
export function playground(text, { info = "", page, line, command = process.env.RAFT_PLAYGROUND || "raft-playground" }) {
  const args = ["fence", "--info", info];
  if (page) args.push("--page", relative(".", page));
  if (line) args.push("--line", String(line));
  try {
    return execFileSync(command, args, { input: text, encoding: "utf8", stdio: "pipe", maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.code === "ENOENT") throw new Error(`expected the program \`raft-playground\` on PATH, in RAFT_PLAYGROUND or as the option \`command\`; found no ${command}`);
    throw new Error(`raft-playground:\n${error.stderr || error.message}`);
  }
}

/** Whether what stands behind a fence names scenario text that is to be played. */
export const isRaft = (info) => /^raft\b/i.test(info.trim()) && !/(^|[\s,{.])ignore\b/.test(info);
