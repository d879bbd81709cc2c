#!/usr/bin/env bash
# The C sources are as clang-format leaves them.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
echo "check-format: $(git ls-files '*.c' '*.h' | wc -l) files are formatted"
