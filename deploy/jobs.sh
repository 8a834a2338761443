#!/bin/sh
# What systemd's timers do on a machine without containers: every job at its time, one after the other. `compose.yaml` runs it.
# One that fails says so on standard error, and the others go on.
set -u

child=""

# The first process of a container is told to stop by a signal that only a trap hears; what runs just then ends first.
stop() {
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null
        wait "$child"
    fi
    exit 0
}
trap stop TERM INT

run() {
    bdhvs "$@" &
    child=$!
    wait "$child" || echo "bdhvs $* failed with $?" >&2
    child=""
}

last=""
while :; do
    run publish_scheduled
    run close_attempts
    run pull
    today=$(date +%Y-%m-%d)
    # At night, once; after a restart in the day the next night is soon enough.
    if [ "$today" != "$last" ] && [ "$(date +%H)" = "${BDHVS_JOBS_HOUR:-02}" ]; then
        last=$today
        run clearsessions
        run forget_accesses
        run purge_people --yes
        run apply_group_rules
        run speak
        run rebuild --check
        if [ "$(date +%u)" = 7 ]; then
            run overwrite_erased
            run h5p clean
        fi
        if [ "$(date +%d)" = 01 ]; then
            run speak --clean
            run freeze_reading
        fi
    fi
    sleep 300 &
    child=$!
    wait "$child"
    child=""
done
