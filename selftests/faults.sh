#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=faults nics=1 timeout=600
#
# Every allocation that the kernel makes for a command on the module's ways fails once:
# the command then has done all of its work or none, and does not say that it has
# when it has not. What it leaves behind, kmemleak finds in the end.
. "$(dirname "$0")/verbs-common.sh"

preload=$(dirname "$(readlink -f "$0")")/fail-nth.so
counts=$(mktemp)
readonly preload counts slab=/sys/kernel/debug/failslab

[ -e /proc/self/fail-nth ] && [ -e $slab ] || skip_all "no fault injection"
echo N >$slab/ignore-gfp-wait	# those that may wait for memory, too
echo 0 >$slab/verbose		# a trace of each would look like a report
# Those with the module among their callers
modprobe ipvsdummy
text=$(cat /sys/module/ipvsdummy/sections/.text)
size=$(awk '$1 == "ipvsdummy" { print $2 }' /proc/modules)
echo "$text" >$slab/require-start
printf '0x%x' $((text + size)) >$slab/require-end
echo 32 >$slab/stacktrace-depth

# faulty N COMMAND...: its allocation number N fails; $left is what is left then
faulty()
{
	local nth=$1 rc=0
	shift

	: >"$tmp/left"
	here env FAIL_NTH="$nth" FAIL_LEFT="$tmp/left" LD_PRELOAD="$preload" \
		"$@" >"$tmp/out" 2>&1 || rc=$?
	read -r left <"$tmp/left" || fail "$nth: $*: $rc, $(cat "$tmp/out")"
	return $rc
}

# What is not known, for want of memory, of what was done is found out soon.
as_told()
{
	all_or_nothing && { [ $rc != 0 ] || [ "$now" = "$after" ]; }
}

# each UNDO COMMAND...: fail each of its allocations; UNDO is a command, too
each()
{
	local undo=$1 n=0 left=0 rc=0 before after now wanted said

	learn "$@"
	shift
	while [ "$left" = 0 ]; do
		n=$((n + 1))
		rc=0
		faulty $n "$@" || rc=$?
		busywait as_told || fail "fault $n of $*: exit $rc," \
			"$(diff <(echo "$after") <(echo "$now"))"
		[ $rc != 0 ] || equal "$said" "$(cat "$tmp/out")" \
			"output after fault $n of $*"
		# shellcheck disable=SC2086 # words
		[ "$now" = "$before" ] || expect $undo
	done
	equal $wanted $rc "exit of $*"
	echo "# $((n - 1)) faults: $*" | tee -a "$counts"
}

test_links()
{
	new_netns
	each "here ip link del $dev" ip link add $dev type ipvsdummy
	new_link ipvsdummy $dev
	each "here ip link del two" ip link add two type ipvsdummy
	each "here ip link set $dev down" ip link set $dev up
	each "new_link ipvsdummy $dev" ip link del $dev
}

forget_refusal()
{
	ctl set $dev host allow
	wait_for is "" 10.1.0.1
	ctl set $dev host reject
}

test_addresses()
{
	setup
	each "vip_del 10.2.0.2/32" ip addr add 10.2.0.2/32 dev $dev
	each "vip_del fd00:2::2/128" ip addr add fd00:2::2/128 dev $dev
	each "vip_del 10.1.0.7/32" ip addr add 10.1.0.7/32 dev $dev
	each "vip_add 10.2.0.1/32" ip addr del 10.2.0.1/32 dev $dev
	each forget_refusal ip addr add 10.1.0.1/32 dev $dev
}

test_watched()
{
	setup
	each "vip_del 10.3.0.1/24 w0" ip addr add 10.3.0.1/24 dev w0
	each "vip_add 10.1.0.1/24 w0" ip addr del 10.1.0.1/24 dev w0
}

# What is told of routes is told where nobody may wait for memory.
test_gateway()
{
	setup
	expect here ip link set w0 up
	expect here ip link set w0p up
	each "here ip route del default" ip route add default via 10.1.0.8
}

# The tests in C, while one in 20 allocations fails, those of the module's workers
# among them: what the tests think of that does not matter, but what the kernel log says.
test_programs()
{
	local program left many=1000000

	echo 5 >$slab/probability
	for program in bind events family rules; do
		echo $many >$slab/times
		timeout 60 "$(dirname "$0")/$program" >/dev/null 2>&1
		left=$(cat $slab/times)
		echo "# $((many - left)) faults: $program"
		((left < many)) || fail "nothing failed: $program"
	done
	echo 0 >$slab/probability
}

# Some commands have none to fail, but not all.
test_enough()
{
	local total

	total=$(awk '{ n += $2 } END { print n + 0 }' "$counts")
	rm "$counts"
	((total >= 50)) || fail "only $total faults"
}

run_all test_programs test_links test_addresses test_watched test_gateway test_set test_show \
	test_enough
