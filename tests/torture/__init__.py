"""Nothing is lost, nothing is doubled: random days of officers, played for real, then counted.

A schedule (`schedule`) is drawn from a seed alone: forms filled in, finished, networks cut, tabs
and browsers and servers killed, requests sent twice or late, sessions gone, two officers at one
door. It is played (`play`) with a real Chromium (`phone`) through a network that can be cut
(`wire`) on a real server that can be killed (`server`, `site`). What each officer typed and
finished is written down as it happens (`model`); at the end, once the network is back and
everybody has logged in, it is held against the database and the phones (`stored`, `check`).

`make torture` plays 10,000 schedules; `python -m tests.torture --seed S --only K` plays one again.
"""

# Where the phones send their forms, and each picture by its own address.
DOORS = {"form": "/visites/terrain/visites/", "picture": "/visites/terrain/photos/"}
