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
readonly inputs=10000	# in one namespace: more make more links, which slow down all

[ -e "$here/fuzz-netlink" ] || skip_all "not built"
modprobe tun && chmod 666 /dev/net/tun || skip_all "no taps"

# What there is, made by whoever may do it in the namespace that he is in
lab='set -e
ip -batch - <<END
link set lo up
link add vip0 type ipvsdummy
link add w0 type dummy
tuntap add tap0 mode tap
link set tap0 address 02:00:00:00:00:01
END
ipvsdummyctl -batch - <<END
watch add w0
watch add tap0
END
ip -batch - <<END
link set w0 up
link set tap0 up
addr add 10.1.0.1/24 dev tap0
addr add fd00:1::1/64 dev tap0 nodad
addr add 10.1.1.1/24 dev w0
$(for vip in 10.1.0.7 10.1.0.8 10.2.0.1 10.1.1.7 fd00:1::7 fd00:2::1; do
	echo "addr add $vip dev vip0"
done)
END'

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
	busywait table_is_true || {
		diff <(recorded) <(judged_now)
		here ip addr
		all_set
		here ipvsdummy-mon --json
		fail "the table is not what would be judged now"
	}
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
	fuzz $((seconds / 2)) "frames tap0" in_new_netns
}

test_netlink_unprivileged()
{
	fuzz $seconds netlink unprivileged
}

run_all test_netlink test_frames test_netlink_unprivileged
