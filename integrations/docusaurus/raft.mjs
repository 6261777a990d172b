// A plugin of remark for Docusaurus: blocks fenced as `raft` become playgrounds.
import { isRaft, playground } from "../common/raft-playground.mjs";

export function raft(options = {}) {
  return (tree, file) => {
    const visit = (node) => {
      node.children?.forEach((child, at) => {
        if (child.type === "code" && isRaft(`${child.lang ?? ""} ${child.meta ?? ""}`)) node.children[at] = element(child, file, options);
        else visit(child);
      });
    };
    visit(tree);
  };
}

function element(code, file, options) {
  const info = `${code.lang} ${code.meta ?? ""}`;
  const html = playground(code.value, { info, page: file.path, line: code.position.start.line, ...options });
  // As a string, which React leaves alone: `dangerouslySetInnerHTML={{ __html: "…" }}`.
  const object = (key, value) => ({
    type: "ObjectExpression",
    properties: [{ type: "Property", kind: "init", method: false, shorthand: false, computed: false, key: { type: "Identifier", name: key }, value }],
  });
  const expression = object("__html", { type: "Literal", value: html });
  const estree = { type: "Program", sourceType: "module", body: [{ type: "ExpressionStatement", expression }] };
  const value = { type: "mdxJsxAttributeValueExpression", value: JSON.stringify({ __html: html }), data: { estree } };
  return {
    type: "mdxJsxFlowElement",
    name: "div",
    attributes: [{ type: "mdxJsxAttribute", name: "dangerouslySetInnerHTML", value }],
    children: [],
  };
}
