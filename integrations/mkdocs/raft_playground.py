"""A hook of MkDocs: blocks fenced as `raft` become playgrounds."""

import os
import shutil
import subprocess

from mkdocs.exceptions import PluginError


def on_page_markdown(markdown, page, config, files):
    if "raft" not in markdown:
        return markdown
    command = [_program(), "embed", "-", "--page", os.path.relpath(page.file.abs_src_path)]
    made = subprocess.run(
        command + ["--inline"], input=markdown.encode(), capture_output=True
    )
    if made.returncode:
        raise PluginError("raft-playground:\n" + made.stderr.decode())
    return made.stdout.decode()


def _program():
    found = os.environ.get("RAFT_PLAYGROUND") or shutil.which("raft-playground")
    if not found:
        raise PluginError(
            "expected the program `raft-playground` on PATH, or in RAFT_PLAYGROUND; found neither"
        )
    return found
