#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=load nics=2 timeout=900
#
# adopt and release, killed at each step: in front of every request they send.
. "$(dirname "$0")/adopt-common.sh"

preload=$(dirname "$(readlink -f "$0")")/kill-at.so
readonly preload

# killed KIND KIND UP WORD...: kill it at each step; each time, every VIP is local still, and
# the same words finish what was begun.
killed()
{
	local from=$1 to=$2 up=$3 n rc
	shift 3

	for ((n = 1; n < 100; n++)); do
		new_links "$from" "$up"
		[ $n -gt 1 ] || addresses >"$tmp/before"
		rc=0
		KILL_AT=$n LD_PRELOAD=$preload here ipvsdummyctl "$@" \
			>"$tmp/killed" 2>&1 || rc=$?
		all_local "after a kill at $n"
		[ $rc != 0 ] || break
		equal 137 $rc "exit after a kill at $n, $(cat "$tmp/killed")"
		swap "$@"
		all_local "after a kill at $n, and again"
		equal "$to" "$(kind)" "kind after a kill at $n"
		addresses >"$tmp/after"
		diff "$tmp/before" "$tmp/after" >"$tmp/diff" ||
			fail "after a kill at $n: $(cat "$tmp/diff")"
		[ -z "$up" ] || expect here sh -c \
			"ip -o link show up dev $dev | grep ."
		expect here ip link del $dev
	done
	echo "# $*: killed at each of $((n - 1)) steps"
	[ $n -gt 10 ] || fail "not killed at all"
	expect here ip link del $dev
}

test_killed_adopt()
{
	setup
	killed dummy ipvsdummy "" adopt $dev
}

test_killed_adopt_up()
{
	setup
	killed dummy ipvsdummy up adopt $dev
}

test_killed_release_up()
{
	setup
	expect here ipvsdummyctl watch del w0
	killed ipvsdummy dummy up release $dev
}

run_all test_killed_adopt test_killed_adopt_up test_killed_release_up
