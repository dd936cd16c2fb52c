#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=load nics=1 timeout=1200
#
# upgrade, killed at each step: in front of every request it sends. Each time,
# every VIP is local still, and the same command finishes what was begun.
. "$(dirname "$0")/upgrade-common.sh"

preload=$(dirname "$(readlink -f "$0")")/kill-at.so
readonly preload

test_killed()
{
	local n rc

	setup
	setup_policy
	all >"$tmp/before"
	for ((n = 1; n < 200; n++)); do
		rc=0
		KILL_AT=$n LD_PRELOAD=$preload ctl upgrade $dev \
			>"$tmp/killed" 2>&1 || rc=$?
		all_local "after a kill at $n"
		[ $rc != 0 ] || break
		equal 137 $rc "exit after a kill at $n, $(cat "$tmp/killed")"
		ctl upgrade $dev >"$tmp/out" 2>&1 ||
			fail "after a kill at $n: $(cat "$tmp/out")"
		same "after a kill at $n, and again"
	done
	echo "# killed at each of $((n - 1)) steps"
	[ $n -gt 20 ] || fail "not killed at all"
	same "not killed"
}

run_all test_killed
