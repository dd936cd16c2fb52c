#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=3 timeout=240
#
# Which interfaces are watched: the physical ones and what is stacked on them,
# through renames, enslaving, namespaces and unplugging. Wants two physical
# interfaces to play with, eth1 and eth2.
#
#   test's namespace:  kube-ipvs0 (ipvsdummy)   eth1 eth2 (virtio)
. "$(dirname "$0")/common.sh"

need_nics

# reason DEV: why it is watched, or nothing
reason()
{
	here ipvsdummyctl -j watch list |
	jq -r --arg d "$1" '.[] | select(.dev == $d) | .reason'
}

watched()
{
	[ "$(reason "$2")" = "$1" ]
}

setup()
{
	new_link ipvsdummy $dev
	ip link set eth1 up
	ip link set eth2 up
	trap 'restore_nics; cleanup' EXIT
}

# clashes DEV: a VIP with an address of DEV is refused, and DEV is named
clashes()
{
	expect ip addr add 10.77.0.1/24 dev "$1"
	expect ip addr add fd00:77::1/64 dev "$1"
	refused "" vip_add 10.77.0.1/32
	is "rejected host $1" 10.77.0.1 || fail "IPv4 of $1"
	refused "" vip_add fd00:77::1/128
	is "rejected host $1" fd00:77::1 || fail "IPv6 of $1"
	expect vip_add 10.77.0.9/32
	is "flagged onlink $1" 10.77.0.9 || fail "prefix of $1"
	expect vip_del 10.77.0.9/32
	expect ip addr flush dev "$1"
}

test_physical()
{
	setup
	equal physical "$(reason eth1)" eth1
	equal "" "$(reason lo)" lo
	equal "" "$(reason $dev)" $dev
	clashes eth1
}

# A veth, a dummy, another ipvsdummy are none of the node's own.
test_not_watched()
{
	setup
	new_link veth v0 peer name v0p
	new_link dummy d0
	for link in v0 d0; do
		equal "" "$(reason $link)" $link
		expect ip addr add 10.78.0.1/24 dev $link
		expect vip_add 10.78.0.1/32
		is "" 10.78.0.1 || fail "address of $link"
		expect vip_del 10.78.0.1/32
		expect ip addr flush dev $link
	done
}

test_bond()
{
	setup
	new_link bond bond7 mode active-backup
	equal "" "$(reason bond7)" "without a port"
	ip link set eth1 down
	expect ip link set eth1 master bond7
	ip link set bond7 up
	equal stacked "$(reason bond7)" "with a port"
	clashes bond7
	expect ip addr add 10.79.0.1/24 dev bond7
	expect ip link set eth1 nomaster
	equal "" "$(reason bond7)" "its port is gone"
	# refused 5 s longer by nobody: what is gone refuses nothing
	expect vip_add 10.79.0.1/32
}

test_bridge_and_vlan()
{
	setup
	lower=eth1 new_link vlan eth1.5 id 5
	equal stacked "$(reason eth1.5)" vlan
	new_link bridge br7
	ip link set br7 up
	new_link veth v0 peer name v0p
	expect ip link set v0 master br7
	equal "" "$(reason br7)" "a bridge of veths"
	expect ip link set eth1.5 master br7
	equal stacked "$(reason br7)" "a bridge on a VLAN on a NIC"
	clashes br7
	lower=br7 new_link vlan br7.9 id 9
	equal stacked "$(reason br7.9)" "a VLAN on that"
	clashes br7.9
	expect ip link set eth1.5 nomaster
	equal "" "$(reason br7)" "bridge without it"
	equal "" "$(reason br7.9)" "VLAN without it"
	expect ip link set eth1.5 master br7
	equal stacked "$(reason br7.9)" "VLAN with it again"
}

# A late conflict by stacking: the bridge had the address before.
test_enslave_is_late()
{
	setup
	new_link bridge br7
	expect ip addr add 10.77.0.1/24 dev br7
	expect vip_add 10.77.0.1/32
	is "" 10.77.0.1 || fail "br7 is not watched yet"
	expect ip link set eth1 master br7
	wait_for is "flagged host br7" 10.77.0.1
	expect ip link set eth1 nomaster
	wait_for is "" 10.77.0.1
}

test_macvlan_across_namespaces()
{
	setup
	lower=eth1 new_link macvlan mv7
	equal stacked "$(reason mv7)" macvlan
	new_netns
	expect ip link set mv7 netns "$ns"
	equal "" "$(reason mv7)" "in a pod"
	expect in_ns ip link set mv7 netns 1
	ns=''
	equal stacked "$(reason mv7)" "back"
}

# An overlay is linked to the NIC under it, but is not on its segment.
test_overlay()
{
	setup
	new_link vxlan vx7 id 7 dev eth1 dstport 4789
	equal "" "$(reason vx7)" vxlan
	new_link bridge br7
	expect ip link set vx7 master br7
	equal "" "$(reason br7)" "bridge on it"
}

# No match across VRFs; a change of VRF is seen on either side.
test_vrf()
{
	setup
	new_link vrf red7 table 77
	ip link set red7 up
	expect ip addr add 10.77.0.1/24 dev eth1
	expect vip_add 10.77.0.9/32
	wait_for is "flagged onlink eth1" 10.77.0.9
	expect ip link set eth1 master red7
	equal stacked "$(reason red7)" red7
	wait_for is "" 10.77.0.9
	expect ip link set $dev master red7
	wait_for is "flagged onlink eth1" 10.77.0.9
	refused "" vip_add 10.77.0.1/32
	expect ip addr add 10.80.0.1/24 dev red7
	refused "" vip_add 10.80.0.1/32
	expect ip link set $dev nomaster
	wait_for is "" 10.77.0.9
	expect vip_add 10.77.0.1/32
}

test_rename()
{
	setup
	expect ip addr add 10.77.0.1/24 dev eth1
	expect vip_add 10.77.0.9/32
	is "flagged onlink eth1" 10.77.0.9 || fail "not flagged"
	ip link set eth1 down
	expect ip link set eth1 name nic7
	is "flagged onlink nic7" 10.77.0.9 || fail "not renamed"
	equal physical "$(reason nic7)" nic7
	expect ip link set nic7 name eth1
	is "flagged onlink eth1" 10.77.0.9 || fail "not renamed back"
}

# A name is watched before there is an interface, and through renames.
test_name()
{
	setup
	expect ipvsdummyctl watch add soon7
	new_link dummy other7
	expect ip addr add 10.77.0.1/24 dev other7
	expect vip_add 10.77.0.1/32
	is "" 10.77.0.1 || fail "not watched yet"
	expect ip link set other7 name soon7
	links+=" soon7"
	equal named "$(reason soon7)" soon7
	wait_for is "flagged host soon7" 10.77.0.1
	expect ip link set soon7 name other7
	equal "" "$(reason other7)" other7
	wait_for is "" 10.77.0.1
	expect ipvsdummyctl watch del soon7
	refused "" ipvsdummyctl watch del soon7
}

test_nic_moves_namespace()
{
	setup
	expect ip addr add 10.77.0.1/24 dev eth1
	expect vip_add 10.77.0.1/32 lo
	expect vip_add 10.77.0.9/32
	is "flagged onlink eth1" 10.77.0.9 || fail "not flagged"
	new_netns
	new_link ipvsdummy $dev
	expect vip_add 10.77.0.9/32
	expect ip link set eth1 netns "$ns"
	equal physical "$(reason eth1)" "eth1 over there"
	ns='' wait_for is "" 10.77.0.9
	expect here ip addr add 10.77.0.1/24 dev eth1
	wait_for is "flagged onlink eth1" 10.77.0.9
	expect here ip link set eth1 netns 1
	ip addr del 10.77.0.1/32 dev lo
}

test_unplug()
{
	local device parent

	setup
	expect ip addr add 10.77.0.1/24 dev eth2
	expect vip_add 10.77.0.9/32
	is "flagged onlink eth2" 10.77.0.9 || fail "not flagged"
	device=$(readlink -f /sys/class/net/eth2/device)	# .../0000:00:04.0/virtio3
	parent=${device%/*}
	expect test -w "$parent/remove"
	echo 1 >"$parent/remove"
	wait_for is "" 10.77.0.9
	echo 1 >/sys/bus/pci/rescan
	wait_for test -e /sys/class/net/eth2
	equal physical "$(reason eth2)" "plugged in again"
	expect ip addr add 10.77.0.1/24 dev eth2
	wait_for is "flagged onlink eth2" 10.77.0.9
}

# ip link set kube-ipvs0 down flushes its IPv6 addresses, unless told to keep
# them; then they are not announced when it is up again.
test_kept_ipv6()
{
	setup
	ip link set $dev up
	sysctl -qw net.ipv6.conf.$dev.keep_addr_on_down=1
	expect ip addr add fd00:77::1/64 dev eth1
	expect vip_add fd00:77::9/128
	wait_for is "flagged onlink eth1" fd00:77::9
	ip link set $dev down
	ip link set $dev up
	wait_for is "flagged onlink eth1" fd00:77::9
	sysctl -qw net.ipv6.conf.$dev.keep_addr_on_down=0
	ip link set $dev down
	wait_for is "" fd00:77::9
}

run_all test_physical test_not_watched test_bond test_bridge_and_vlan \
	test_enslave_is_late test_macvlan_across_namespaces test_overlay \
	test_vrf test_rename test_name test_nic_moves_namespace test_unplug \
	test_kept_ipv6
