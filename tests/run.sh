#!/usr/bin/env bash
# Installs what the tests need and runs them all. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

need() { # need PACKAGE FILE: installs the package unless the file is there
    [ -e "$2" ] && return 0
    missing+=("$1")
}

missing=()
need postgresql-15 /usr/lib/postgresql/15/bin/initdb
need postfix /usr/sbin/smtp-sink
need postgrey /usr/sbin/postgrey
need dovecot-imapd /usr/lib/dovecot/imap
need kannel /usr/sbin/bearerbox
need espeak-ng /usr/bin/espeak-ng
need chromium /usr/bin/chromium
need fonts-wqy-microhei /usr/share/fonts/truetype/wqy/wqy-microhei.ttc
need kannel-extras /usr/lib/kannel/test/fakesmsc
if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]} …"
    sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo"
    $sudo apt-get update -qq
    # The parts are started by the tests themselves: nothing is to run as a service.
    if ! DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
        echo "Could not install ${missing[*]}; install them by hand and run again." >&2
        [ "${CI:-}" = true ] && exit 1
    fi
fi

dotnet build Notices.sln --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
for project in tests/*.Tests; do
    echo "── $(basename "$project")"
    dotnet test "$project" --no-build --nologo -v quiet --logger "trx;LogFileName=$(basename "$project").trx" --results-directory "$results" || status=1
    # A run that was broken off writes no results, whatever it says of itself.
    [ -e "$results/$(basename "$project").trx" ] || status=1
done

count() { cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{sum += $1} END {print sum + 0}'; }
passed=$(count passed)
failed=$(count failed)
skipped=$(($(count total) - passed - failed))
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
