import sys

sys.path.insert(0, ".")

project = "A manual with clusters"
extensions = ["raft_playground"]
raft_playground = "/raft/"
exclude_patterns = ["README.md"]
