#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=faults nics=1 timeout=600
#
# Every verb, ended by a signal before each of the requests that it sends: it has then
# done all of its work or none, and the same words do it. (What takes several steps,
# adopt, release and upgrade, has tests of its own.)
. "$(dirname "$0")/verbs-common.sh"

preload=$(dirname "$(readlink -f "$0")")/kill-at.so
readonly preload

# ended SIGNAL N COMMAND...: by it, or not if there is no request N
ended()
{
	local signal=$1 n=$2 rc=0
	shift 2

	here env KILL_AT="$n" KILL_BY="$signal" LD_PRELOAD="$preload" "$@" \
		>"$tmp/out" 2>&1 || rc=$?
	[ $rc = $((128 + signal)) ] && return
	equal $wanted $rc "exit of $*, $(cat "$tmp/out")"
	return 1
}

each()
{
	local undo=$1 n signal before after now wanted

	learn "$@"
	shift
	for signal in 2 9 15; do
		for ((n = 1; n < 100; n++)); do
			ended $signal $n "$@" || break
			busywait all_or_nothing || fail "signal $signal at $n of $*:" \
				"$(diff <(echo "$after") <(echo "$now"))"
			# shellcheck disable=SC2086 # words
			[ "$now" = "$before" ] || expect $undo
		done
		[ $n -gt 1 ] || fail "never ended: $*"
		# shellcheck disable=SC2086 # words
		[ "$(whole_state)" = "$before" ] || expect $undo
	done
	echo "# $((n - 1)) requests: $*"
}

run_all test_set test_show
