#!/usr/bin/env python3
"""A model that is a script: it computes every answer from the prompt and from what the tools say.

It shows that a task can be solved within its limits. It reads nothing else and knows no seed.
"""

import re

import broken
import changing
import seen
import settings
from tools import hear

BY_PROJECT = broken.BY_PROJECT | changing.BY_PROJECT | seen.BY_PROJECT | settings.BY_PROJECT

project = re.search(r"Compose project `(\w+)`", hear()["prompt"])[1]
BY_PROJECT[project](project)
