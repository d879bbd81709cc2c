# Commands in the documents: each program, script, subcommand and flag named there exists.
. "$(dirname "$0")/lib.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(dirname "$AIRWAKE")

for doc in "$root"/README.md "$root"/docs/*.md; do
    name=${doc#"$root"/}
    for program in $(grep -oE 'build/release/[a-z_/-]*[a-z_]' "$doc" | sort -u); do
        check "$name: $program is built" test -e "$build/${program#build/release/}"
    done
    for script in $(grep -oE '(bench|tools)/[a-z_-]+\.sh|\./airwake-[a-z]+' "$doc" | sort -u); do
        check "$name: $script can be run" test -x "$root/$script"
    done
    while read -r sub flags; do
        run 0 "$AIRWAKE" "$sub" --help
        for flag in $(grep -oE -- '--[a-z-]+' <<<"$flags"); do
            check "$name: airwake $sub $flag" has "$out" "^  $flag"
        done
    done < <(grep -oE 'airwake (serve|replay|inspect|convert|record|send|doctor|sim|config)\b[^`|;)]*' "$doc" |
        sed 's/^airwake //')
    for link in $(grep -oE '\]\([a-zA-Z0-9_./-]+\)' "$doc" | tr -d '()]'); do
        check "$name: link to $link" test -e "$(dirname "$doc")/$link"
    done
done
finish
