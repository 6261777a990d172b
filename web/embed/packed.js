// What the page fetches from beside itself (src/fetch.rs), out of a bundle: no request, no address.
// `cargo xtask package` puts the files in, by folder, so that each folder comes when it is wanted.
import { folders } from "raft-playground-files";

const here = {};
/** The texts of a folder, by their paths. */
const folder = async (path) => {
  const name = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  if (!folders[name]) throw new Error(`${path} is not in this package`);
  return (here[name] ??= (await folders[name]()).default);
};

export const text = async (path) => {
  try {
    const found = (await folder(path))[path];
    if (found === undefined) throw new Error(`${path} is not in this package`);
    return found;
  } catch (error) {
    throw error.message;
  }
};

/** Scripts that are not part of the bundle are not here. */
export const script = (path) => Promise.reject(new Error(`${path} is not in this package`));

const roots = new Set();
const picture = (svg) => `data:image/svg+xml,${encodeURIComponent(svg)}`;
const NOTHING = picture('<svg xmlns="http://www.w3.org/2000/svg"/>');

/** Pictures are asked for by address, at once: an empty one stands there until they have come. */
export const address = (path) => {
  if (path === "") return "";
  const svg = here.pictures?.[path];
  if (svg !== undefined) return picture(svg);
  text(path).then(() => {
    for (const reference of roots) {
      const root = reference.deref();
      if (!root) roots.delete(reference);
      for (const image of root?.querySelectorAll("img") ?? []) {
        const [before, wanted] = image.src.split("#");
        if (before === NOTHING && here.pictures[wanted]) image.src = picture(here.pictures[wanted]);
      }
    }
  }, () => {});
  return `${NOTHING}#${path}`;
};

const [panels, sheet, forced, guests] = [0, 0, 0, 0].map(() => new CSSStyleSheet());
const fill = (sheet, path) => text(path).then((rules) => sheet.replaceSync(rules), () => {});
let styled = false;
// Unstyled, where it cannot be had: that is less to look at, and still the whole playground. All of it is in
// one place, so nothing of it is left for later.
const coming = Promise.all([
  fill(sheet, "playground.css"),
  fill(guests, "guest.css"),
  fill(panels, "panels.css"),
  fill(forced, "forced.css"),
]).then(() => { styled = true; });
export const style = () => coming;
export const dress_the_rest = () => {};
export const dress = (root, inside) => {
  roots.add(new WeakRef(root));
  root.adoptedStyleSheets = [panels, sheet, forced, guests];
  if (styled) return;
  inside.style.visibility = "hidden";
  coming.then(() => inside.style.removeProperty("visibility"));
};
