#!/bin/sh
# What systemd's timers do on a machine without containers: every job at its time, one after the other. `compose.yaml` runs it.
# One that fails says so on standard error, and the others go on.
set -u

run() {
    bdhvs "$@" || echo "bdhvs $* failed with $?" >&2
}

last=""
while :; do
    run publish_scheduled
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
        fi
    fi
    sleep 300 &
    wait $!
done
