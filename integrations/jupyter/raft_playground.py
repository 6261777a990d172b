"""A playground in a notebook: `Playground("nodes 3", base="https://example.org/raft/")`."""

import json
import os
import shutil
import subprocess

import anywidget
import traitlets


class Playground(anywidget.AnyWidget):
    """A live cluster that keeps its run in the notebook, and shows a picture where nothing is live.

    `text` is the run as scenario text, as far as it has come when it was paused last; `state` has
    `timeUs`, `events`, `playing`, `leader` (where there is one), `committed`, `violations` and
    `branches`. Raises ValueError, with the line of the text, where the text is wrong or a claim does
    not hold.
    """

    _esm = """
    function render({ model, el }) {
      const base = new URL(model.get("base").replace(/\\/?$/, "/"), document.baseURI).href;
      const loaded = import(base + "embed.js");
      el.innerHTML = model.get("html");
      const element = el.querySelector("raft-playground");
      const text = model.get("text");
      const script = element.querySelector("script");
      if (script) script.textContent = text.replace(/<(?=\\/?script|!--)/gi, "<\\\\");
      const keep = async () => {
        model.set({ text: await element.text(), state: await element.state() });
        model.save_changes();
      };
      let plays = false;
      const onTime = ({ detail }) => {
        if (plays && !detail.playing) keep();
        plays = detail.playing;
      };
      element.addEventListener("raft-time", onTime);
      loaded.catch((error) => el.append(`${base}embed.js could not be loaded: ${error.message}`));
      return () => element.remove();
    }
    export default { render };
    """
    base = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, text="", base=None, **attributes):
        base = base or os.environ.get("RAFT_PLAYGROUND_BASE")
        if not base:
            raise ValueError("expected base=, or RAFT_PLAYGROUND_BASE: where the playground lives")
        command = [_program(), "fence", "--json"]
        for name, value in attributes.items():
            command += ["--set", f"{name}={value}"]
        made = subprocess.run(command, input=text.encode(), capture_output=True)
        if made.returncode:
            raise ValueError(made.stderr.decode().strip())
        made = json.loads(made.stdout)
        self._poster = made["poster"]
        super().__init__(base=base, html=made["html"], text=text)

    def _repr_mimebundle_(self, **given):
        bundle, metadata = super()._repr_mimebundle_(**given)
        if self._poster:
            bundle["image/svg+xml"] = self._poster
        return bundle, metadata


def _program():
    found = os.environ.get("RAFT_PLAYGROUND") or shutil.which("raft-playground")
    if not found:
        raise FileNotFoundError(
            "expected the program `raft-playground` on PATH, or in RAFT_PLAYGROUND; found neither"
        )
    return found
