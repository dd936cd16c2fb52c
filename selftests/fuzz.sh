#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=300
#
# Messages and frames that are almost right, for a few seconds (SCALE times as long).
# What reaches code that nothing in corpus/ does is kept, where the kernel tells; make
# fuzz brings it home.
#
#   a netns:  vip0 (ipvsdummy)   w0 (dummy), tap0: both watched
. "$(dirname "$0")/common.sh"

here=$(dirname "$(readlink -f "$0")")
kcov=/sys/kernel/debug/kcov
SCALE=${SCALE:-1}
readonly here kcov seconds=$((4 * SCALE))
readonly inputs=2000	# in one namespace: more make more links, which slow down all

[ -e "$here/fuzz-netlink" ] || skip_all "not built"
modprobe tun && chmod 666 /dev/net/tun || skip_all "no taps"

# What there is, made by whoever may do it in the namespace that he is in
lab='set -e
ip link set lo up
ip link add vip0 type ipvsdummy
ip link add w0 type dummy
ip tuntap add tap0 mode tap
ip link set tap0 address 02:00:00:00:00:01
for dev in w0 tap0; do
	ipvsdummyctl watch add $dev
	ip link set $dev up
done
ip addr add 10.1.0.1/24 dev tap0
ip addr add fd00:1::1/64 dev tap0 nodad
ip addr add 10.1.1.1/24 dev w0
for vip in 10.1.0.7 10.1.0.8 10.2.0.1 10.1.1.7 fd00:1::7 fd00:2::1; do
	ip addr add $vip dev vip0
done'

# fuzz SECONDS PROGRAM COMMAND...: rounds of inputs, each in a namespace of its own
# that COMMAND makes or enters
fuzz()
{
	local program=$2 round=0 begin=$SECONDS end=$((SECONDS + $1))
	shift 2

	cp "$here/corpus/${program%% *}" "$tmp/corpus"
	rm -f "$tmp/seen"
	touch "$tmp/seen"
	chmod 666 "$tmp/corpus" "$tmp/seen"
	chmod 711 "$tmp"
	while ((SECONDS < end || ! round)); do
		round=$((round + 1))
		! [ -e $kcov ] || exec 9<>$kcov
		KCOV_FD=9 "$@" bash -c "$lab
			exec $here/fuzz-$program $inputs $((RANDOM * 32768 + RANDOM)) \
				$tmp/corpus $tmp/seen" >"$tmp/out" 2>&1 ||
			fail "round $round: exit $?: $(cat "$tmp/out")"
		! [ -e $kcov ] || exec 9<&-
		true_table
	done
	tail -n 1 "$tmp/out"
	echo "# $round rounds of $inputs in $((SECONDS - begin)) s"
	[ -z "${CORPUS:-}" ] || sed "s/^/# corpus ${program%% *} /" "$tmp/corpus"
}

# A namespace that is gone took its table along.
true_table()
{
	[ -n "$ns" ] || return 0
	busywait table_is_true ||
		fail "$(diff <(recorded) <(judged_now) | head -n 20)"
	ip netns del "$ns"
	namespaces=${namespaces/ $ns}
	new_netns
}

in_new_netns()
{
	in_ns "$@"
}

unprivileged()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn "$@"
}

test_netlink()
{
	new_netns
	fuzz $seconds netlink in_new_netns
}

test_frames()
{
	new_netns
	fuzz $((seconds / 4)) "frames tap0" in_new_netns
}

test_netlink_unprivileged()
{
	fuzz $seconds netlink unprivileged
}

run_all test_netlink test_frames test_netlink_unprivileged
