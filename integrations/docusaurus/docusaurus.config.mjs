import { raft } from "./raft.mjs";

export default {
  title: "A site with clusters",
  url: "https://example.org",
  baseUrl: "/docusaurus/",
  scripts: [{ src: "/raft/embed.js", type: "module" }],
  presets: [
    ["@docusaurus/preset-classic", { docs: { routeBasePath: "/", beforeDefaultRemarkPlugins: [raft] }, blog: false }],
  ],
};
