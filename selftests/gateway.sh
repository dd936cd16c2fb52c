#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=2 timeout=400
#
# Class gateway: the next hops of the best default route of each table, before
# and after a VIP is bound.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched)   w1 (veth, not)
. "$(dirname "$0")/common.sh"

readonly table=77

links()
{
	local i

	for i in 0 1; do
		new_link veth w$i peer name w${i}p
		here ip link set w$i up
		here ip link set w${i}p up
		expect vip_add 10.$i.0.2/16 w$i
		expect here ip addr add fd00:$i::2/64 dev w$i nodad
	done
}

setup()
{
	new_netns
	links
	new_link ipvsdummy $dev
	expect here ipvsdummyctl watch add w0
}

# The test with two gateways by w0, and one by w1, of each family
families()
{
	echo "# inet"
	"$1" 10.0.0.1 10.0.0.254 10.1.0.1
	echo "# inet6"
	"$1" fd00::1 fd00::fe fd00:1::1
}

# host ADDRESS: with its whole length
host()
{
	case $1 in *:*) echo "$1/128" ;; *) echo "$1/32" ;; esac
}

# ip_of ADDRESS ARGUMENT...: ip, of the family of ADDRESS
ip_of()
{
	local family=-4

	[[ $1 != *:* ]] || family=-6
	shift
	here ip $family "$@"
}

# route ADD VIA ARGUMENT...
route()
{
	expect ip_of "$2" route "$1" default via "${@:2}"
}

# judged WANTED ADDRESS...: each would be
judged()
{
	local address

	for address in "${@:2}"; do
		equal "$1" "$(would "$address")" "$address"
	done
}

refused_gateway()
{
	local vip

	vip=$(host "$1")
	judged "flag onlink" "$1"
	route add "$1"
	judged "reject gateway" "$1"
	judged "flag onlink" "$2"
	refused "gateway" vip_add "$vip"
	is "rejected gateway w0" "$1" || fail "not rejected"
	equal "route $vip" "$(here ipvsdummy-mon --json |
		jq -r '"\(.evidence) \(.match_prefix)"')" evidence

	# what went refuses nothing, but the refusal is held
	route del "$1"
	is "rejected gateway w0" "$1" || fail "not held"
	judged "flag onlink" "$1"
	wait_for is "" "$1"
	expect vip_add "$vip"
	expect vip_del "$vip"
}

test_refused()
{
	setup
	families refused_gateway
	wait_for logged "rejected 10.0.0.1: gateway, default route by w0"
	wait_for logged "rejected fd00::1: gateway, default route by w0"
}

logged()
{
	dmesg | grep -qF "ipvsdummy: $dev: $1"
}

# Nobody can make a bound VIP a gateway: its route waits behind a better one.
late_gateway()
{
	route add "$3" metric 10
	route add "$1" metric 20
	expect vip_add "$(host "$1")"
	is "flagged onlink w0" "$1" || fail "a backup counts"
	route del "$3" metric 10
	wait_for is "flagged gateway w0" "$1"
	route del "$1" metric 20
	wait_for is "flagged onlink w0" "$1"
	expect vip_del "$(host "$1")"
}

test_late() { setup; families late_gateway; }

replaced_gateway()
{
	local before

	route add "$3" metric 10
	route add "$1" metric 20
	route add "$2" metric 30
	expect vip_add "$(host "$1")"
	expect vip_add "$(host "$2")"
	route del "$3" metric 10
	wait_for is "flagged gateway w0" "$1"
	before=$(event_count)
	follow "$tmp/$1"

	# away and back is no event
	route add "$3" metric 10
	route del "$3" metric 10
	route del "$1" metric 20
	wait_for is "flagged gateway w0" "$2"
	wait_for is "flagged onlink w0" "$1"
	is "flagged gateway w0" "$2" || fail "the new one is none"
	equal $((before + 2)) "$(event_count)" events
	wait_for apart "$tmp/$1" "$2" "$1"
	route del "$2" metric 30
	expect vip_del "$(host "$1")"
	expect vip_del "$(host "$2")"
}

test_replaced() { setup; families replaced_gateway; }

# apart EVENTS NEW OLD: NEW was changed, and OLD not before 5 s later
apart()
{
	jq -es --arg new "$2" --arg old "$3" 'def at(address):
		map(select(.event == "changed" and .address == address)) |
			last.time | .[:19] + "Z" | fromdate;
		at($old) - at($new) >= 4' "$1" >/dev/null
}

backup()
{
	route add "$1" metric 10
	route add "$2" metric 20
	judged "reject gateway" "$1"
	judged "flag onlink" "$2"
	route del "$1" metric 10
	judged "flag onlink" "$1"
	judged "reject gateway" "$2"
	# one that is better still, and not the backup any more
	route add "$3" metric 5
	judged "reject gateway" "$3"
	judged "flag onlink" "$2"
	# those without a gateway take its place, too
	expect ip_of "$3" route add blackhole default metric 1
	judged "allow null" "$3"
	expect ip_of "$3" route del blackhole default metric 1
	judged "reject gateway" "$3"
	expect ip_of "$3" route add default dev w0 metric 1
	judged "allow null" "$3"
	expect ip_of "$3" route del default dev w0 metric 1
	judged "reject gateway" "$3"
	expect ip_of "$3" route del default metric 5
	judged "reject gateway" "$2"
	expect ip_of "$3" route del default metric 20
	judged "flag onlink" "$2"
}

test_backup() { setup; families backup; }

tables()
{
	route add "$1"
	route add "$2" table $table
	route add "$3" table 1000 proto ra
	judged "reject gateway" "$1" "$2" "$3"
	# another route is no default route
	expect here ip route add 192.0.2.0/24 via 10.0.0.77
	expect here ip -6 route add 2001:db8::/32 via fd00::77
	judged "flag onlink" 10.0.0.77 fd00::77
	expect ip_of "$2" route del default table $table
	judged "flag onlink" "$2"
	judged "reject gateway" "$1" "$3"
	expect ip_of "$1" route del default
	judged "flag onlink" "$1"
	judged "reject gateway" "$3"
	expect ip_of "$3" route flush table 1000
	judged "allow null" "$3"
	expect here ip route del 192.0.2.0/24
	expect here ip -6 route del 2001:db8::/32
}

test_tables() { setup; families tables; }

multipath()
{
	expect ip_of "$1" route add default \
		nexthop via "$1" nexthop via "$2" nexthop via "$3"
	judged "reject gateway" "$1" "$2" "$3"
	if [[ $1 == *:* ]]; then	# its next hops are routes
		route del "$2"
		judged "flag onlink" "$2"
		judged "reject gateway" "$1" "$3"
		route append "$2"
		judged "reject gateway" "$1" "$2" "$3"
		route del "$1"
		judged "flag onlink" "$1"
		judged "reject gateway" "$2" "$3"
	fi
	expect ip_of "$1" route replace default nexthop via "$1" \
		nexthop via "$3"
	judged "reject gateway" "$1" "$3"
	judged "flag onlink" "$2"
	# one that is dead is one as long as the route is there
	here ip link set w1 down
	judged "reject gateway" "$1" "$3"
	here ip link set w1 up
	expect ip_of "$1" route del default
	judged "flag onlink" "$1"
	judged "allow null" "$3"
	expect here ip -6 addr replace fd00:1::2/64 dev w1 nodad
}

test_multipath() { setup; families multipath; }

# The FIB says nothing when a next-hop object becomes another one.
nexthops()
{
	expect here ip nexthop add id 1 via "$1" dev w0
	expect here ip nexthop add id 2 via "$2" dev w0
	expect here ip nexthop add id 3 via "$3" dev w1
	expect here ip nexthop add id 10 group 1/2
	judged "flag onlink" "$1" "$2"

	expect ip_of "$1" route add default nhid 1
	judged "reject gateway" "$1"
	judged "flag onlink" "$2"
	expect here ip nexthop replace id 1 via "$2" dev w0
	judged "flag onlink" "$1"
	judged "reject gateway" "$2"
	expect here ip nexthop replace id 1 via "$1" dev w0

	expect ip_of "$1" route replace default nhid 10
	judged "reject gateway" "$1" "$2"
	expect vip_add "$(host "$3")"
	expect here ip nexthop replace id 10 group 2/3
	wait_for is "flagged gateway w1" "$3"
	judged "flag onlink" "$1"
	judged "reject gateway" "$2"
	# a member that becomes another one
	expect here ip nexthop replace id 2 via "$1" dev w0
	judged "reject gateway" "$1"
	judged "flag onlink" "$2"
	expect here ip nexthop del id 3
	wait_for is "" "$3"
	judged "reject gateway" "$1"
	expect here ip nexthop del id 2
	judged "flag onlink" "$1" "$2"
	expect here ip nexthop del id 1
	expect vip_del "$(host "$3")"
}

test_nexthops() { setup; families nexthops; }

test_v6_gateway_of_v4_route()
{
	setup
	expect here ip route add default via inet6 fd00::1 dev w0
	judged "reject gateway" fd00::1
	expect here ip route del default via inet6 fd00::1
	judged "flag onlink" fd00::1
}

# What the link itself, or loopback, leads to is nobody's.
test_own_links()
{
	setup
	here ip link set $dev up
	expect here ip route add default via 192.0.2.1 dev $dev onlink
	judged "allow null" 192.0.2.1
	expect here ip route replace default via 192.0.2.1 dev lo onlink
	judged "allow null" 192.0.2.1
	expect here ip route replace default via 192.0.2.1 dev w1 onlink
	judged "reject gateway" 192.0.2.1
}

test_vrf()
{
	setup
	new_link vrf red table $table
	here ip link set red up
	here ip link set w1 master red
	expect here ip route add default via 10.1.0.1 dev w1 table $table
	judged "allow null" 10.1.0.1
	here ip link set $dev master red
	judged "reject gateway" 10.1.0.1
	here ip link set w1 nomaster
	judged "allow null" 10.1.0.1
}

# The routes are there before the link is.
test_link_comes_later()
{
	new_netns
	links
	route add 10.0.0.1
	route add fd00::1
	expect here ip nexthop add id 1 via 10.1.0.1 dev w1
	expect here ip route add default nhid 1 table $table
	new_link ipvsdummy $dev
	refused "gateway" vip_add 10.0.0.1/32
	refused "gateway" vip_add fd00::1/128
	refused "gateway" vip_add 10.1.0.1/32
}

# So are they before the module is.
test_module_comes_later()
{
	[ -e /vm/job ] || return 0
	new_netns
	links
	expect here ip route add default nexthop via 10.0.0.1 \
		nexthop via 10.0.0.254
	route add 10.1.0.1 metric 10
	expect here ip -6 route add default nexthop via fd00::1 \
		nexthop via fd00::fe
	route add fd00:1::1 metric 2000
	expect here ip nexthop add id 1 via 10.0.0.77 dev w0
	expect here ip route add default nhid 1 table $table
	expect rmmod ipvsdummy
	expect modprobe ipvsdummy
	new_link ipvsdummy $dev
	judged "reject gateway" 10.0.0.1 10.0.0.254 fd00::1 fd00::fe 10.0.0.77
	judged "allow null" 10.1.0.1 fd00:1::1
	expect here ip route del default metric 0
	judged "reject gateway" 10.1.0.1
	expect here ip -6 route del default metric 1024
	judged "reject gateway" fd00:1::1
}

# There is place for 256, and it is free again when they are gone.
test_bound()
{
	setup
	seq 1000 1299 | awk '{ printf "route add default via 10.0.%d.%d table %d\n",
		1 + $1 / 250, 1 + $1 % 250, $1 }' | here ip -batch - ||
		fail "no routes"
	judged "reject gateway" 10.0.5.1 10.0.6.6
	judged "flag onlink" 10.0.6.7 10.0.6.50
	seq 1000 1299 | sed 's/^/route flush table /' | here ip -batch - ||
		fail "routes stay"
	judged "flag onlink" 10.0.5.1
	route add 10.0.6.50
	judged "reject gateway" 10.0.6.50
}

test_policy()
{
	setup
	route add 10.0.0.1
	set_policy gateway flag
	expect vip_add 10.0.0.1/32
	is "flagged gateway w0" 10.0.0.1 || fail "not flagged"
	set_policy gateway allow
	is "flagged onlink w0" 10.0.0.1 || fail "a gateway still"
	set_policy gateway reject mode audit
	is "flagged gateway w0" 10.0.0.1 || fail "no gateway"
	equal reject "$(here ipvsdummy-mon --json | jq -r .would)" would
}

run_all test_refused test_late test_replaced test_backup test_tables \
	test_multipath test_nexthops test_v6_gateway_of_v4_route \
	test_own_links test_vrf test_link_comes_later test_module_comes_later \
	test_bound test_policy
