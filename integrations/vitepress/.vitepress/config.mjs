import { defineConfig } from "vitepress";
import { raft } from "../raft.mjs";

export default defineConfig({
  title: "A site with clusters",
  base: "/vitepress/",
  srcExclude: ["README.md"],
  head: [["script", { type: "module", src: "/raft/embed.js" }]],
  markdown: { config: (md) => md.use(raft) },
});
