#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=3
#
# check -standalone says what the module says, and does without it. Wants two
# physical interfaces to play with, eth1 and eth2.
. "$(dirname "$0")/common.sh"

need_nics

addresses="10.77.0.1 10.77.0.9 10.77.1.0 10.78.0.1 10.78.0.9 10.79.0.1
	10.80.0.0 10.80.0.1 10.80.0.2 10.81.0.1 10.81.0.2 169.254.0.1 127.0.0.1
	fd00:77::1 fd00:77::9 fd00:78::1 fd00:78::9 fe80::1 ::1 203.0.113.1"

# verdicts OPTION...: what there is to compare of them
verdicts()
{
	# shellcheck disable=SC2086 # words
	here ipvsdummyctl -j check "$@" $dev $addresses |
		jq -c '.[] | del(.dev, .ifindex)'
}

# agree WHAT CLASS-COUNTS: and there is something to agree on
agree()
{
	verdicts >"$tmp/module"
	verdicts -standalone >"$tmp/alone"
	diff "$tmp/module" "$tmp/alone" >"$tmp/diff" ||
		fail "$1: $(cat "$tmp/diff")"
	equal "$2" "$(jq -r '.class // empty' "$tmp/alone" | sort | uniq -c |
		awk '{ print $2 ":" $1 }' | xargs)" "$1"
}

setup()
{
	new_link ipvsdummy $dev
	ip link set eth1 up
	trap 'restore_nics; cleanup' EXIT
}

# number DEV SUBNET: addresses of both families
number()
{
	expect ip addr add "10.$2.0.1/24" dev "$1"
	expect ip addr add "fd00:$2::1/64" dev "$1"
}

test_physical()
{
	setup
	agree nothing ""
	number eth1 77
	agree "a prefix" "host:2 onlink:2"
	expect ip addr add 10.80.0.0/31 dev eth2
	expect ip addr add 10.78.0.1/32 dev eth2
	expect ip addr add 10.79.0.5 peer 10.81.0.2/32 dev eth2
	expect ip addr add 169.254.0.1/16 dev eth2
	agree "/31, /32 and a peer" "host:4 onlink:4"
}

test_not_watched()
{
	setup
	new_link dummy d0
	new_link veth v0 peer name v1
	new_link vxlan vx7 id 7 dev eth1 dstport 4789
	number d0 77
	number v0 78
	expect ip addr add 10.79.0.1/24 dev vx7
	agree "dummy, veth, vxlan" ""
}

test_stacked()
{
	setup
	lower=eth1 new_link vlan eth1.5 id 5
	new_link bridge br7
	expect ip link set eth1.5 master br7
	lower=br7 new_link vlan br7.9 id 9
	lower=eth1 new_link macvlan mv7
	number br7.9 77
	number mv7 78
	agree "VLAN on a bridge on a VLAN, macvlan" "host:4 onlink:4"
	expect ip link set eth1.5 nomaster
	agree "the bridge is empty" "host:2 onlink:2"
}

test_bond_and_vrf()
{
	setup
	new_link bond bond7 mode active-backup
	ip link set eth1 down
	expect ip link set eth1 master bond7
	number bond7 77
	new_link vrf red7 table 77
	agree "a bond" "host:2 onlink:2"
	expect ip link set eth2 master red7
	number eth2 78
	agree "in a VRF" "host:2 onlink:2"
	expect ip link set $dev master red7
	expect ip addr add 10.79.0.1/32 dev red7
	agree "in the same VRF" "host:3 onlink:2"
}

test_macvlan_elsewhere()
{
	setup
	lower=eth1 new_link macvlan mv7
	new_netns
	expect ip link set mv7 netns "$ns"
	new_link ipvsdummy $dev
	expect here ip addr add 10.77.0.1/24 dev mv7
	agree "above another namespace's NIC" ""
}

# The best default routes of each table, and all their next hops
test_gateways()
{
	setup
	ip link set eth2 up
	number eth1 77
	number eth2 78
	expect ip route add default via 10.77.0.9 table 77 metric 20
	expect ip route add default via 10.78.0.9 table 77 metric 10
	expect ip -6 route add default via fd00:77::9 table 77
	agree "the best one" "gateway:2 host:4 onlink:2"
	expect ip route add default via 10.77.0.9 table 78
	agree "of another table" "gateway:3 host:4 onlink:1"
	ip route flush table 77
	ip route flush table 78
	ip -6 route flush table 77
	expect ip route add default table 77 nexthop via 10.77.0.9 \
		nexthop via 10.78.0.9
	expect ip -6 route add default table 77 nexthop via fd00:77::9 \
		nexthop via fd00:78::9
	agree "several next hops" "gateway:4 host:4"
	ip route flush table 77
	ip -6 route flush table 77
	expect ip nexthop add id 77 via 10.77.0.9 dev eth1
	expect ip route add default nhid 77 table 77
	expect ip route add default via inet6 fd00:78::9 dev eth2 table 78
	agree "a nexthop object, another family" "gateway:2 host:4 onlink:2"
	expect ip nexthop del id 77
	expect ip route flush table 78
}

# What the neighbour table has, of others
test_neighbours()
{
	local mac

	setup
	ip link set eth2 up
	number eth1 77
	number eth2 78
	mac=$(cat /sys/class/net/eth2/address)
	set -- nud permanent lladdr
	expect ip neigh add 10.77.0.9 dev eth1 "$@" 52:54:00:77:00:09
	expect ip neigh add fd00:77::9 dev eth1 "$@" 52:54:00:77:00:09
	agree "permanent ones" "host:4 neigh:2 onlink:2"
	# his own addresses, of another interface, of no prefix of the interface
	expect ip neigh add 10.78.0.9 dev eth2 "$@" "$mac"
	expect ip neigh add fd00:78::9 dev eth1 "$@" 52:54:00:77:00:09
	expect ip neigh add 203.0.113.1 dev eth1 "$@" 52:54:00:77:00:09
	agree "others that do not count" "host:4 neigh:2 onlink:2"
	set -- nud stale lladdr
	expect ip neigh replace 10.77.0.9 dev eth1 "$@" 00:00:5e:00:01:09
	expect ip neigh replace fd00:77::9 dev eth1 nud noarp
	agree "a stale VRRP one" "host:4 neigh:1 onlink:3"
	equal '["flag","warning","vrrp"]' "$(ipvsdummyctl -j check \
		-standalone $dev 10.77.0.9 |
		jq -c '.[0] | [.action, .severity, .station]')" "unconfirmed"
}

# So many addresses that they come in parts, and before each of some parts comes one
# more
test_restless()
{
	local preload

	preload=$(dirname "$(readlink -f "$0")")/meddle.so
	new_netns
	seq 1000 | awk '{ printf "addr add 10.1.%d.%d/32 dev lo\n",
		$1 / 250, $1 % 250 + 1 }' | here ip -batch - ||
		fail "no addresses"
	seq 8 | sed 's,.*,addr add 10.9.9.&/32 dev lo,' >"$tmp/changes"
	expect here env LD_PRELOAD="$preload" \
		MEDDLE="sed -n 1p $tmp/changes | ip -batch - &&
			sed -i 1d $tmp/changes" \
		ipvsdummyctl check -standalone $dev 10.9.9.9
	[ ! -s "$tmp/changes" ] || fail "not read in parts"
}

test_without_module()
{
	rmmod ipvsdummy || fail "cannot be unloaded"
	trap 'restore_nics; cleanup; modprobe ipvsdummy' EXIT
	number eth1 77
	new_link dummy $dev
	refused "not loaded" ipvsdummyctl check $dev 10.77.0.9
	expect ipvsdummyctl check -standalone $dev 10.77.0.9
	equal "reject:default/mysql" "$(echo 10.77.0.1 default/mysql |
		ipvsdummyctl -j check -standalone $dev - |
		jq -r '.[0] | "\(.action):\(.label)"')" "a list"
	ipvsdummyctl check -standalone -strict $dev 10.77.0.9 >"$tmp/out"
	equal 1 $? "exit of strict"
	refused "only for check" ipvsdummyctl -standalone show
}

run_all test_physical test_not_watched test_stacked test_bond_and_vrf \
	test_macvlan_elsewhere test_gateways test_neighbours \
	test_restless test_without_module
