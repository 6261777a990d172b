// A plugin of markdown-it for VitePress: blocks fenced as `raft` become playgrounds.
import { isRaft, playground } from "../common/raft-playground.mjs";

export function raft(md, options = {}) {
  const code = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, at, config, env, self) => {
    const { info, content, map } = tokens[at];
    if (!isRaft(info)) return code(tokens, at, config, env, self);
    const html = playground(content, { info, page: env.path, line: map[0] + 1, ...options });
    // As a string, which Vue leaves alone: in its templates braces are code and scripts are dropped.
    return `<div v-html="${md.utils.escapeHtml(JSON.stringify(html))}"></div>`;
  };
}
