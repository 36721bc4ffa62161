#!/usr/bin/env bash
# Writes the manifests for winget: the three files of a version, for a pull request to microsoft/winget-pkgs.
#
#   packaging/winget/manifests.sh SHA256SUMS FOLDER
#
# SHA256SUMS is the file of checksums of the release. OWNER is whose repository it is.

set -euo pipefail
. "$(dirname "$0")/../names.sh"
sums=$1 folder=$2

identifier=$owner.mcp-docker
schema=1.10.0
file=mcp-docker-v$version-x86_64-pc-windows-msvc
sum=$(checksum "$sums" "$file.zip")
mkdir -p "$folder"

# Begins a manifest of the kind $1.
manifest() {
  printf '# yaml-language-server: $schema=https://aka.ms/winget-manifest.%s.%s.schema.json\n' "$1" "$schema"
  printf 'PackageIdentifier: %s\nPackageVersion: %s\n' "$identifier" "$version"
}
{
  manifest version
  printf 'DefaultLocale: en-US\nManifestType: version\nManifestVersion: %s\n' "$schema"
} >"$folder/$identifier.yaml"
{
  manifest installer
  cat <<YAML
InstallerType: zip
NestedInstallerType: portable
NestedInstallerFiles:
- RelativeFilePath: $file\\mcp-docker.exe
  PortableCommandAlias: mcp-docker
Installers:
- Architecture: x64
  InstallerUrl: $(address "$file.zip")
  InstallerSha256: ${sum^^}
ManifestType: installer
ManifestVersion: $schema
YAML
} >"$folder/$identifier.installer.yaml"
{
  manifest defaultLocale
  cat <<YAML
PackageLocale: en-US
Publisher: $owner
PublisherUrl: https://github.com/$owner
PackageName: mcp-docker
PackageUrl: $repository
License: MIT
LicenseUrl: $repository/blob/v$version/LICENSE
ShortDescription: "$description"
Moniker: mcp-docker
Tags:
- docker
- mcp
- model-context-protocol
ReleaseNotesUrl: $repository/releases/tag/v$version
ManifestType: defaultLocale
ManifestVersion: $schema
YAML
} >"$folder/$identifier.locale.en-US.yaml"
