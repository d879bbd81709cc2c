# Each test that docs/security.md names is a test.
. "$(dirname "$0")/lib.sh"
page=$(dirname "$0")/../../docs/security.md
ctest --test-dir "$BUILD" -N | sed -nE 's/^ *Test +#[0-9]+: //p' >"$work/tests"
sed -nE '/^\| threat/,$s/^\|.*\| ([^|]*) \|$/\1/p' "$page" | grep -oE '`[^`]+`' | tr -d '`' | sort -u >"$work/named"
check "tests are named" test "$(wc -l <"$work/named")" -gt 5
while read -r name; do
    check "docs/security.md names $name, which is no test" grep -qxF "$name" "$work/tests"
done <"$work/named"
check "each threat has one" test -z "$(grep -E '^\|' "$page" | grep -vE '^\| threat|^\|---' | grep -vE '`[a-z]+\.[a-z_]+` \|$')"
finish
