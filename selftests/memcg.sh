#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=180
#
# Who causes it pays for it: what the module keeps for a user's namespaces is charged
# to the memory cgroup that he is in, his limit is the limit, and all comes back.
#
#   initial netns, in no group      netns $ns, of the user namespace of a user, who
#                                   is in the cgroup $cgroup
#                                   w0 (veth, watched) ---- w0p
#                                   kube-ipvs0 (ipvsdummy)
. "$(dirname "$0")/user-common.sh"

cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ -z "$cgroups" ]; then
	cgroups=/sys/fs/cgroup
	mount -t cgroup2 none $cgroups 2>/dev/null || skip_all "no cgroups"
fi
grep -qw memory "$cgroups/cgroup.controllers" &&
	echo +memory >"$cgroups/cgroup.subtree_control" ||
	skip_all "no memory cgroups"

ignore_loglevel=/sys/module/printk/parameters/ignore_loglevel

end()
{
	cleanup
	# who is killed takes a moment to go
	busywait rmdir "$cgroup"
} 2>/dev/null

# setup: in $cgroup, which is new, a user and his namespaces
setup()
{
	cgroup=$cgroups/ipvsd-$$-$RANDOM
	mkdir "$cgroup" || fail "no cgroup"
	trap end EXIT
	# shellcheck disable=SC2016 # not here
	group=(bash -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$cgroup")
	users_netns
}

# How many KiB are charged
charged()
{
	echo $(($(cat "$cgroup/memory.current") / 1024))
}

at_least()
{
	[ "$(charged)" -ge "$1" ]
}

at_most()
{
	[ "$(charged)" -le "$1" ]
}

# costs LEAST MOST COMMAND...: so many KiB
costs()
{
	local before least=$1 most=$2
	shift 2

	before=$(charged)
	"$@" || fail "$*"
	wait_for at_least $((before + least))
	at_most $((before + most)) ||
		fail "$*: $(charged) KiB, not over $((before + most))"
	echo "# $*: $(($(charged) - before)) KiB"
}

link()
{
	as_owner ip link add $dev type ipvsdummy
}

sightings()
{
	as_owner ipvsdummyctl wire set sightings 65536
}

rules()
{
	seq 0 8191 | awk '{ printf "rule add %s 11.%d.%d.0/24 flag\n", dev,
		$1 / 256, $1 % 256 }' dev=$dev | as_owner ipvsdummyctl -batch -
}

peers()
{
	seq 0 1023 | awk '{ printf "12.0.%d.%d\n", $1 / 256, $1 % 256 }' |
		as_owner ipvsdummyctl peer sync -
}

names()
{
	seq 255 | sed 's/^/watch add name/' | as_owner ipvsdummyctl -batch -
}

refusals()
{
	vips add 256 10255 | as_owner ip -force -batch - 2>"$tmp/errors"
	[ "$(grep -c onlink "$tmp/errors")" = 10000 ]
}

# The tables of a namespace, filled by him
test_tables()
{
	local before

	setup
	expect as_owner ip link add w0 type veth peer name w0p
	expect as_owner ip addr add 10.1.0.1/16 dev w0
	before=$(charged)
	# ring, claims, answers, questions, sightings
	costs 1024 3072 link
	expect as_owner ipvsdummyctl watch add w0
	expect as_owner ipvsdummyctl set $dev onlink reject
	costs 3072 5120 sightings
	costs 384 1536 rules
	# Less than the kernel's own caches in the group come and go by
	costs -512 768 peers
	costs -512 768 names
	# 256 bytes each at most, and what he is told
	costs 1600 5120 refusals
	equal 10000 "$(here ipvsdummy-mon --json | wc -l)" "conflicts"
	expect as_owner ip link del $dev
	expect as_owner ipvsdummyctl peer flush
	expect as_owner ipvsdummyctl watch flush
	wait_for at_most $((before + 2048))
	echo "# $(($(charged) - before)) KiB when all is gone"
}

bind()
{
	vips add 256 10255 | as_owner ip -batch -
}

prefix()
{
	expect as_owner ip addr add 10.1.0.1/16 dev w0
	wait_for active 10000
}

# So is what a worker finds out later.
test_late()
{
	setup
	expect as_owner ip link add w0 type veth peer name w0p
	expect as_owner ipvsdummyctl watch add w0
	expect link
	expect bind
	costs 1600 5120 prefix
}

# limit KIB: no more than so much in addition
limit()
{
	echo $((($(charged) + $1) * 1024)) >"$cgroup/memory.max"
}

killed()
{
	sed -n 's/^oom_kill //p' "$cgroup/memory.events"
}

# How many conflicts found no place
unrecorded()
{
	ctl -j show | jq '.[0].lost'
}

# What a worker has no memory for is counted. Nobody waits for his memory, and
# nobody is killed.
test_late_at_limit()
{
	setup
	expect as_owner ip link add w0 type veth peer name w0p
	expect as_owner ipvsdummyctl watch add w0
	expect link
	expect bind
	limit 1024
	# what this takes itself is not his
	expect vip_add 10.1.0.1/16 w0
	wait_for missed
	echo "# $(unrecorded) not recorded, $(charged) KiB"
	equal 0 "$(killed)" "killed"
	at_most $(($(cat "$cgroup/memory.max") / 1024)) || fail "over the limit"
	echo max >"$cgroup/memory.max"
	set_policy onlink flag
	wait_for active 10000
}

missed()
{
	[ "$(unrecorded)" -gt 0 ]
}

# Whoever has no more may not have a link, or is killed; others go on.
test_limit()
{
	setup
	quiet
	expect as_owner ip link add w0 type veth peer name w0p
	limit 768
	! link 2>"$tmp/errors" || fail "a link"
	echo "# killed: $(killed), $(cat "$tmp/errors")"
	[ "$(killed)" -gt 0 ] || grep -q "allocate memory" "$tmp/errors" ||
		fail "something else"
	refused "" here ip link show $dev
	guarded_netns
	refused host vip_add 10.1.0.1/32
	! dmesg | grep -E 'BUG|WARNING|Oops' || fail "in the kernel log"
}

# What the kernel says when it kills looks like an oops: it does not go to the
# console, where it would fail the run
quiet()
{
	[ -e /vm/job ] || return 0
	dmesg -C
	dmesg -n 1
	echo N >$ignore_loglevel
	trap 'dmesg -n 8; echo Y >$ignore_loglevel; end' EXIT
}

run_all test_tables test_late test_late_at_limit test_limit
