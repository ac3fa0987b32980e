"""``python -m experiments ensemble``: a big ensemble, made in shards by any number of tasks.

The runs are split into shards of a fixed size, one file each. A task makes every count-th shard and leaves
out those whose file is there, so that the same command, given again, goes on where it was stopped. Tasks
share nothing but the folder: which shard has which runs, and their bits, do not depend on how many there are.
"""

from .command import main as main
