// <raft-playground> in JSX of React: `import "raft-playground/react"`.
import type { ClassAttributes, HTMLAttributes } from "react";
import type { RaftPlayground, RaftPlaygroundAttributes } from "./element.js";

export * from "./element.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "raft-playground": RaftPlaygroundAttributes & HTMLAttributes<RaftPlayground> & ClassAttributes<RaftPlayground>;
    }
  }
}
