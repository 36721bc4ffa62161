#!/usr/bin/env bash
# Runs the official tool for bundles, which npm fetches once.
#
#   packaging/mcpb/mcpb.sh validate FILE

set -euo pipefail
exec npx --yes --package @anthropic-ai/mcpb@2.1.2 -- mcpb "$@"
