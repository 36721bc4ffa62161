#!/usr/bin/env python3
"""A model that does and says what was right in another world: `replay.py FILE`, of an earlier attempt."""

import json
import sys

from tools import Failed, call, hear, say

hear()
with open(sys.argv[1]) as file:
    earlier = json.load(file)
for one in earlier["calls"]:
    try:
        call(one["tool"], **one["arguments"])
    except Failed:
        pass
say(type="answer", text=earlier["answer"])
