#!/usr/bin/env bash
# Prints the formula for Homebrew, for a tap of one's own.
#
#   packaging/homebrew/formula.sh SHA256SUMS > Formula/mcp-docker.rb
#
# SHA256SUMS is the file of checksums of the release. OWNER is whose repository it is.

set -euo pipefail
. "$(dirname "$0")/../names.sh"
sums=$1

# Where the program of a target is to be had.
from() {
  local file=mcp-docker-v$version-$1.tar.gz sum
  sum=$(checksum "$sums" "$file") || exit
  printf '      url "%s"\n      sha256 "%s"\n' "$(address "$file")" "$sum"
}
mac_arm=$(from aarch64-apple-darwin)
mac_intel=$(from x86_64-apple-darwin)
linux_arm=$(from aarch64-unknown-linux-musl)
linux_intel=$(from x86_64-unknown-linux-musl)

cat <<RUBY
class McpDocker < Formula
  desc "$(sed "s/^An //; s/\.$//" <<<"$description")"
  homepage "$repository"
  version "$version"
  license "MIT"

  on_macos do
    on_arm do
$mac_arm
    end
    on_intel do
$mac_intel
    end
  end

  on_linux do
    on_arm do
$linux_arm
    end
    on_intel do
$linux_intel
    end
  end

  def install
    bin.install "mcp-docker"
    generate_completions_from_executable(bin/"mcp-docker", "completions", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mcp-docker --version")
    assert_match "docker_list_containers", shell_output("#{bin}/mcp-docker tools")
  end
end
RUBY
