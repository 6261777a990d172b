// The same element, with everything in one file: no request is ever made.
export * from "./element.js";
