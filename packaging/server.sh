#!/usr/bin/env bash
# Prints the record for the MCP registry, with the name of the repository's owner and the checksums of the bundles
# filled in.
#
#   packaging/server.sh SHA256SUMS
#
# SHA256SUMS is the file of checksums of the release. OWNER is whose repository it is.

set -euo pipefail
. "$(dirname "$0")/names.sh"
sums=$1

# The names of images have no capitals.
record=$(sed "s|ghcr.io/OWNER/|ghcr.io/${owner,,}/|; s|OWNER|$owner|g" "$(dirname "$0")/server.json")
while read -r file; do
  sum=$(checksum "$sums" "$file")
  record=${record/"SHA256 of $file"/$sum}
done < <(sed -n 's/.*"SHA256 of \(.*\)".*/\1/p' <<<"$record")
printf '%s\n' "$record"
