#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=400
#
# Claims of bound VIPs in ARP: which frames are one, and on which interface.
. "$(dirname "$0")/wire-common.sh"

test_claims()
{
	local kind words line address
	local -A kind_of

	setup
	bind_up_to 40
	expect vip_add 10.9.0.5/32
	is "" 10.9.0.5 || fail "conflict before there is any"
	while read -r kind words; do
		next_vip
		is "flagged onlink w0" $vip || fail "$vip"
		# shellcheck disable=SC2086 # words
		send arp spa $vip sha $mac_a ${words//VIP/$vip}
		kind_of[$vip]=$kind
	done <<-EOF2
		request op request tpa 10.1.0.9
		request op request tpa 10.1.0.9 pad 60
		request op request tpa 10.1.0.9 pad 1514
		request op request tpa 10.1.0.9 dst $w0_mac
		request op request tpa 10.1.0.9 hrd 6
		reply op reply tpa 10.1.0.9
		reply op reply tpa 10.1.0.9 tha $w0_mac dst $w0_mac
		reply op reply tpa 0.0.0.0
		gratuitous op request tpa VIP
		gratuitous op reply tpa VIP
		gratuitous op reply tpa VIP tha $mac_a pad 60
	EOF2
	for address in "${!kind_of[@]}"; do
		line="arp ${kind_of[$address]} $mac_a warning"
		wait_for owned "$line" "$address"
		is "flagged neigh w0" "$address" || fail "$address"
	done
	claim 10.9.0.5 $mac_a
	wait_for is "flagged neigh w0" 10.9.0.5
	owned "arp gratuitous $mac_a warning" 10.9.0.5 || fail "no owner"
}

test_no_claims()
{
	local words none='' before

	setup
	bind_up_to 60
	new_link dummy d0
	before=$(counter frames)
	while read -r words; do
		next_vip
		none+=" $vip"
		# shellcheck disable=SC2086 # words
		send arp ${words//VIP/$vip}
	done <<-EOF2
		spa 0.0.0.0 tpa VIP sha $mac_a
		spa 10.1.0.77 tpa VIP sha $mac_a
		op reply spa 10.1.0.77 tpa VIP sha $mac_a
		op reply spa 0.0.0.0 tpa VIP sha $mac_a
		op 0 spa VIP sha $mac_a
		op 3 spa VIP sha $mac_a
		op 0x100 spa VIP sha $mac_a
		hrd 7 spa VIP sha $mac_a
		pro 0x86dd spa VIP sha $mac_a
		hln 8 spa VIP sha $mac_a
		pln 16 spa VIP sha $mac_a
		length 41 spa VIP sha $mac_a
		length 32 spa VIP sha $mac_a
		length 14 spa VIP sha $mac_a
		dst 02:00:00:00:00:99 spa VIP sha $mac_a
		spa VIP sha $w0_mac
		op reply spa VIP sha $w0_mac
		spa VIP sha $(mac_of d0)
		spa VIP sha $(mac_of $dev)
	EOF2
	# shellcheck disable=SC2086 # words
	nobodys $none
	[ "$(counter frames)" -gt "$before" ] || fail "no frames counted"
}

# What is not to be trusted in itself is counted.
test_malformed()
{
	local words none='' before

	setup
	bind_up_to 60
	before=$(counter malformed)
	while read -r words; do
		next_vip
		none+=" $vip"
		# shellcheck disable=SC2086 # words
		send arp spa $vip tpa $vip $words
	done <<-EOF2
		sha $mac_a src $mac_b
		sha $mac_a src $mac_b op reply
		sha 00:00:00:00:00:00
		sha ff:ff:ff:ff:ff:ff
		sha 01:00:5e:00:00:01
	EOF2
	# shellcheck disable=SC2086 # words
	nobodys $none
	equal $((before + 5)) "$(counter malformed)" malformed
}

# Senders that are no host's address are nobody's claim of anything.
test_wrong_senders()
{
	local address before

	setup
	bind_up_to 30
	before=$(counter claims)
	for address in 255.255.255.255 224.0.0.1 239.1.2.3 127.0.0.1 0.0.0.0; do
		claim $address $mac_a
		claim $address $mac_a op reply
	done
	settle
	equal $((before + 1)) "$(counter claims)" claims
	equal 1 "$(here ipvsdummy-mon --json --class neigh | wc -l)" conflicts
}

# Another NIC of the node on the same segment: its own requests come back.
#
#   node: w0, x0 ------ station: bridge of w0p and x0p
test_second_nic()
{
	local first

	setup
	bind_up_to 30
	new_link veth x0 peer name x0p netns "$station"
	expect here ip link set x0 up
	expect there ip link add br0 type bridge
	for link in w0p x0p; do
		expect there ip link set $link master br0
	done
	expect there ip link set x0p up
	expect there ip link set br0 up
	next_vip
	first=$vip
	expect here ip route add 10.1.0.200/31 dev x0 src "$first"
	# the node's own kernel asks with the VIP as sender, and w0 hears it
	hear x0p
	here bash -c 'echo >/dev/udp/10.1.0.200/9'
	wait_for heard_more 0 "arp 1 $(mac_of x0) $first .* 10.1.0.200"
	nobodys "$first"
	expect ctl watch add x0
	here bash -c 'echo >/dev/udp/10.1.0.201/9'
	wait_for heard_more 0 "arp 1 $(mac_of x0) $first .* 10.1.0.201"
	nobodys "$first"
}

# vlan_of PROTO VLAN: claims in a VLAN, before and after there is an interface
vlan_of()
{
	local tagged

	next_vip
	tagged=$vip
	claim "$tagged" $mac_a vlan "$2" proto "$1"
	nobodys "$tagged"
	lower=w0 new_link vlan "w0.$2" proto "$1" id "$2"
	expect here ip link set "w0.$2" up
	expect ctl watch add "w0.$2"
	claim "$tagged" $mac_a vlan "$2" proto "$1"
	wait_for is "flagged neigh w0.$2" "$tagged"
	equal "$2" "$(field vlan "$tagged")" vlan
	owned "arp gratuitous $mac_a warning" "$tagged" || fail "owner"
	# untagged ones have none
	next_vip
	claim "$vip" $mac_a
	wait_for is "flagged neigh w0" "$vip"
	equal null "$(field vlan "$vip")" vlan
}

test_vlan()
{
	setup
	bind_up_to 40
	vlan_of 802.1q 5
	vlan_of 802.1ad 7
	# of another VLAN than there is
	next_vip
	claim "$vip" $mac_a vlan 6
	nobodys "$vip"
}

# through MASTER: claims that come in by w0 are seen on what it is a port of
through()
{
	expect ctl watch add "$1"
	expect vip_add 10.1.0.9/24 "$1"
	next_vip
	claim "$vip" $mac_a
	wait_for is "flagged neigh $1" "$vip"
	owned "arp gratuitous $mac_a warning" "$vip" || fail "owner"
}

test_bridge()
{
	setup
	bind_up_to 30
	expect vip_del 10.1.0.9/24 w0
	new_link bridge br0
	expect here ip link set w0 master br0
	expect here ip link set br0 up
	through br0
}

test_bond()
{
	setup
	bind_up_to 30
	expect here ip link set w0 down
	expect vip_del 10.1.0.9/24 w0
	new_link bond bond0 mode active-backup
	expect here ip link set w0 master bond0
	expect here ip link set bond0 up
	through bond0
}

# No match across VRFs.
test_vrf()
{
	local outside

	setup
	bind_up_to 30
	next_vip
	outside=$vip
	new_link vrf red table 77
	expect here ip link set red up
	# in a VRF only links that are up have local routes
	expect here ip link set $dev up
	expect here ip link set w0 master red
	claim "$outside" $mac_a
	wait_for counted sightings 1
	equal 0 "$(counter claims)" "claims in another VRF"
	! is "flagged neigh w0" "$outside" || fail "across VRFs"
	expect here ip link set $dev master red
	next_vip
	claim "$vip" $mac_b
	wait_for owned "arp gratuitous $mac_b warning" "$vip"
	expect counted claims 1
}

# What the kernel makes of an announcement is no matter.
test_sysctls()
{
	local setting op

	setup
	bind_up_to 40
	for setting in arp_accept=1 arp_accept=0 drop_gratuitous_arp=1 \
		arp_ignore=1 arp_announce=2; do
		expect here sysctl -qw net.ipv4.conf.w0.$setting
		for op in request reply; do
			next_vip
			claim "$vip" $mac_a op $op
			wait_for owned "arp gratuitous $mac_a warning" "$vip"
		done
	done
}

run_all test_claims test_no_claims test_malformed test_wrong_senders \
	test_second_nic test_vlan test_bridge test_bond test_vrf test_sysctls
