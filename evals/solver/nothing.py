#!/usr/bin/env python3
"""A model that does nothing."""

from tools import answer, hear

hear()
answer()
