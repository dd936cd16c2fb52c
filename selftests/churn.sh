#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=churn timeout=600
#
# All at once, SCALE times as much if that is set; in the end the module's table has
# to be what it would judge from scratch.
#
#   netns $ns:  kube-ipvs0, two (ipvsdummy)
#               w0 (veth, watched): 10.1.0.1/24, fd00:1::1/64
#               w0p, the other end, sends frames
#               w1 (dummy, watched) flaps, moves, and is put below br0
. "$(dirname "$0")/common.sh"

[ -e /vm/job ] || skip_all "not in the VM"
deadline=$((3 * deadline))
readonly scale=${SCALE:-1}
send_frame=$(dirname "$(readlink -f "$0")")/send-frame
readonly send_frame
loops=

# forever NAME COMMAND...: until stop; what fails is what others have undone just then
forever()
{
	local name=$1 n=0
	shift

	(until [ -e "$tmp/stop" ]; do
		"$@"
		n=$((n + 1))
	done
	echo $n >"$tmp/count-$name") >/dev/null 2>&1 &
	loops+=" $!"
	followers+=" $!"
}

stop()
{
	touch "$tmp/stop"
	# shellcheck disable=SC2086 # a list
	wait $loops
	loops=
	(cd "$tmp" && grep -H . count-* | sed 's/^count-/# /')
	! grep -lx 0 "$tmp"/count-* || fail "did nothing"
}

# addresses FAMILY N VERB: for ip -batch, 64 of binder number N, a third of them in
# watched prefixes, but not the first, so that one is bound whatever the policy is
addresses()
{
	local pattern='10.1.%d.%d'

	[ "$1" = 4 ] || pattern='fd00:%d::%x'
	seq 0 63 | awk '{ at = $1 % 3 == 2 ? 0 : n
		if (family == 6)
			at++
		printf "addr %s " pattern " dev %s\n", verb, at, 10 + $1 + n * 8, dev }' \
		family="$1" n="$2" verb="$3" pattern="$pattern" dev=$dev
}

bind_netlink()
{
	addresses "$1" "$2" add | here ip -force -batch -
	addresses "$1" "$2" del | here ip -force -batch -
}

# An alias is an address that an ioctl sets.
bind_ioctl()
{
	local n

	for n in {1..8}; do
		here ifconfig "$dev:$1$n" "10.1.$1.$n" netmask 255.255.255.255
		here ifconfig "$dev:x$n" "10.1.0.$((20 + n))" netmask 255.255.255.0
	done
	for n in {1..8}; do
		here ifconfig "$dev:$1$n" down
		here ifconfig "$dev:x$n" down
	done
	here ip link set $dev up
}

bind_ioctl6()
{
	local n

	for n in {1..8}; do
		here ifconfig $dev add "fd00:1::$1$n/128"
		here ifconfig $dev add "fd00:9::$1$n/128"
	done
	for n in {1..8}; do
		here ifconfig $dev del "fd00:1::$1$n/128"
		here ifconfig $dev del "fd00:9::$1$n/128"
	done
}

flap()
{
	here ip link set w1 up
	here ip addr add 10.1.3.1/24 dev w1
	here ip addr add fd00:4::1/64 dev w1 nodad
	here ip addr add 10.1.0.40/32 dev w1
	here ip link set w1 master br0
	here ip addr add 10.1.4.1/24 dev br0
	here ip route add default via 10.1.3.30
	here ip link set w1 nomaster
	here ip addr del 10.1.4.1/24 dev br0
	here ip link set w1 down
	here ip link set w1 name w2
	here ip link set w2 name w1
	here ip link set w1 netns "$other"
	ip -n "$other" link set w1 netns "$ns"
}

set_things()
{
	ctl set $dev mode audit host reject onlink reject
	ctl rule add $dev 10.1.5.0/24 reject
	ctl rule replace $dev 10.1.0.0/28 allow
	ctl watch exclude w0
	ctl peer add 10.1.0.90
	ctl set $dev mode enforce host skip onlink flag arp-reply uncontested probe on
	ctl watch del w0
	ctl watch add w0
	ctl rule flush $dev
	ctl peer flush
	ctl set $dev mode enforce host reject onlink verify arp-reply normal probe off
	ctl set $dev onlink flag
}

send_frames()
{
	here "$send_frame" w0p arp op reply spa 10.1.0.13 count 200 vary both
	here "$send_frame" w0p arp op request spa 10.1.0.16 tpa 10.1.0.16 count 50
	here "$send_frame" w0p na target fd00:1::a to ff02::1 override count 50
	here "$send_frame" w0p ns target fd00:1::d count 50
}

look()
{
	here ipvsdummy-mon --json
	printf '%s\n' show "rule list" "watch list" "peer list" "wire show" \
		"check $dev 10.1.0.13 10.1.3.13 fd00:1::a" | ctl -j -force -batch -
}

# So long until it can have overrun
follow_briefly()
{
	local pid

	ip netns exec "$ns" ipvsdummy-mon --follow --json &
	pid=$!
	look
	kill -STOP $pid
	look
	kill -CONT $pid
	look
	kill $pid
	wait $pid
}

move_links()
{
	here ip link add two type ipvsdummy
	here ip addr add 10.1.0.50/32 dev two
	here ip addr add fd00:1::50/128 dev two
	here ip link set two netns "$other"
	ip -n "$other" addr add 10.1.0.50/32 dev two
	ip -n "$other" link set two netns "$ns"
	here ip link del two
}

setup()
{
	new_netns
	other=$ns
	guarded_netns
	expect vip_add fd00:1::1/64 w0
	here ip link set w0 up
	here ip link set w0p up
	new_link dummy w1
	new_link bridge br0
	expect ctl watch add w1
	expect ctl watch add br0
}

# brief_netns N: one that lives for as long as it takes to bind to its link and to look
# at it; every fourth has a follower that keeps it a little longer
brief_netns()
{
	unshare -n bash -c "ip -batch - <<-END
			link add $dev type ipvsdummy
			link add w0 type dummy
		END
		ipvsdummyctl watch add w0
		(($1 % 4)) || timeout 1 ipvsdummy-mon --follow --json &
		ip -batch -
		exec ipvsdummy-mon" >/dev/null 2>&1 <<-END
			addr add 10.1.0.1/24 dev w0
			$(addresses 4 1 add | head -n 16)
		END
}

brief_netnses()
{
	local n

	for ((n = 0; n < 5 * scale; n++)); do
		brief_netns $n
	done
}

settled()
{
	busywait table_is_true ||
		fail "$1: $(diff <(recorded) <(judged_now) | head -n 20)"
}

test_all_at_once()
{
	local n pids='' begin=$SECONDS

	setup
	for n in 2 3; do
		forever "v4-$n" bind_netlink 4 $n
		forever "v6-$n" bind_netlink 6 $n
		forever "ioctl-$n" bind_ioctl $n
		forever "ioctl6-$n" bind_ioctl6 $n
	done
	forever flap flap
	forever set set_things
	forever frames send_frames
	forever look look
	forever follow follow_briefly
	forever move move_links
	# As all wait for the same lock, more at a time take no longer.
	for n in {1..6}; do
		brief_netnses & pids+=" $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $pids
	stop
	echo "# $((30 * scale)) namespaces in $((SECONDS - begin)) s," \
		"$(event_count) events"
	settled "when all is quiet"
	addresses 4 2 add | here ip -force -batch - 2>/dev/null
	addresses 6 3 add | here ip -force -batch - 2>/dev/null
	settled "with addresses"
	here ip link set w1 up
	here ip addr add 10.1.2.1/24 dev w1
	settled "with one more prefix"
	here ip addr del 10.1.2.1/24 dev w1
	here ip link del w1
	settled "without the interface"
	[ -n "$(recorded)" ] || fail "no conflict to compare"
}

# The module goes and comes while its links, where they are not in the initial
# namespace, are bound to, read and sent frames.
test_reload()
{
	local n begin=$SECONDS

	setup
	forever bind make_and_bind
	forever frames send_frames
	forever look look
	forever watch watch_again
	forever netns brief_netns 0
	ip netns exec "$ns" ipvsdummy-mon --follow --json >/dev/null 2>&1 &
	followers+=" $!"
	for ((n = 0; n < 10 * scale; n++)); do
		busywait rmmod ipvsdummy 2>/dev/null || fail "rmmod: load $n"
		expect modprobe ipvsdummy
		busywait bound || fail "nobody binds"
	done
	stop
	echo "# $n times in $((SECONDS - begin)) s"
}

bound()
{
	[ -n "$(here ip -br addr show dev $dev 2>/dev/null | grep /)" ]
}

# Not -force: the kernel looks for a module for each name that is no device's.
make_and_bind()
{
	here ip link add $dev type ipvsdummy
	addresses 4 2 add | here ip -batch -
	addresses 6 2 add | here ip -batch -
}

watch_again()
{
	ctl watch add w0
	ctl set $dev onlink reject
	ctl rule add $dev 10.1.5.0/24 reject
	ctl watch del w0
}

run_all test_all_at_once test_reload
