"""An extension of Sphinx: `.. raft::` becomes a playground."""

import os
import shutil
import subprocess

from docutils import nodes
from sphinx.errors import ConfigError, ExtensionError
from sphinx.util.docutils import SphinxDirective


class AnyOption(dict):
    """The program knows the options, and names those that it expects."""

    def __missing__(self, name):
        return lambda value: value or ""

    def __bool__(self):
        return True


class Raft(SphinxDirective):
    has_content = True
    option_spec = AnyOption()

    def run(self):
        text = "\n".join(self.content)
        if "ignore" in self.options or self.env.app.builder.format != "html":
            return [nodes.literal_block(text, text)]
        source, line = self.get_source_info()
        command = [_program(), "fence", "--page", os.path.relpath(source), "--line", str(line)]
        for name, value in self.options.items():
            command += ["--set", f"{name}={value}" if value else name]
        made = subprocess.run(command, input=text.encode(), capture_output=True)
        if made.returncode:
            raise ExtensionError("raft-playground:\n" + made.stderr.decode())
        return [nodes.raw("", made.stdout.decode(), format="html")]


def _program():
    found = os.environ.get("RAFT_PLAYGROUND") or shutil.which("raft-playground")
    if not found:
        raise ExtensionError(
            "expected the program `raft-playground` on PATH, or in RAFT_PLAYGROUND; found neither"
        )
    return found


def _load(app):
    base = app.config.raft_playground
    if not base:
        raise ConfigError("conf.py: expected raft_playground = 'URL', where the playground lives")
    app.add_js_file(f"{base.rstrip('/')}/embed.js", type="module")


def setup(app):
    app.add_config_value("raft_playground", None, "html")
    app.add_directive("raft", Raft)
    app.connect("builder-inited", _load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
