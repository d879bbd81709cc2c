# postgres.sh PROGRAM: runs PROGRAM URL against a PostgreSQL server made for it: in a folder of its
# own, on a socket in that folder, as a user without rights. 77 (skipped) where there is none.
set -u
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -1)" 2>/dev/null)
if [ ! -x "$bin/initdb" ]; then
    bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
fi
if [ ! -x "$bin/initdb" ]; then
    echo "SKIPPED: there is no PostgreSQL server here (initdb was not found)" >&2
    exit 77
fi
work=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
    chown nobody "$work"
    chmod 755 "$work"
fi
cd "$work" || exit 1
# Environment of this person's own databases must not matter.
unset "${!PG@}"
ctl() { "${as[@]}" "$bin/pg_ctl" -D "$work/data" "$@" >>"$work/ctl.log" 2>&1; }
trap 'ctl -m immediate stop; rm -rf "$work"' EXIT
"${as[@]}" "$bin/initdb" -D "$work/data" -A trust -U airwake -N >"$work/init.log" 2>&1 ||
    { cat "$work/init.log" >&2; exit 1; }
ctl -l "$work/server.log" -o "-k $work -c listen_addresses='' -c fsync=off" -w start ||
    { cat "$work/ctl.log" "$work/server.log" >&2; exit 1; }
export AIRWAKE_PG_STOP="${as[*]} $bin/pg_ctl -D $work/data -m immediate -w stop >>$work/ctl.log 2>&1"
export AIRWAKE_PG_START="${as[*]} $bin/pg_ctl -D $work/data -l $work/server.log -o \"-k $work -c listen_addresses='' -c fsync=off\" -w start >>$work/ctl.log 2>&1"
"$@" "postgresql://airwake@/postgres?host=$work"
