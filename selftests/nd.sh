#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=400
#
# Claims of bound VIPs in Neighbor Discovery.
#
# An advertisement to all nodes always reaches the node. A solicitation goes to
# the group of its target's last 24 bits, which the node joins for its own
# addresses only: the IPv6 stack drops others, whatever Ethernet address they come
# to. So fd00:1::1:0:0:9 is heard, sharing that group with w0's fd00:1::9, and
# others are while they are probed.
. "$(dirname "$0")/wire-common.sh"

readonly heard_vip=fd00:1::1:0:0:9 nonce=0123456789ab

ready()
{
	setup
	bind_up_to 30
	seq -f "addr add fd00:1::%.0f/128 dev $dev" 16 40 |
		here ip -6 -batch - || fail "cannot bind"
	expect vip_add $heard_vip/128
	expect here ip link set $dev up
	next=15
}

# The next of these, in $vip6
next_vip6()
{
	next=$((next + 1))
	vip6=fd00:1::$next
}

test_adverts()
{
	local words

	ready
	expect vip_add fd09::5/128
	while read -r words; do
		next_vip6
		is "flagged onlink w0" $vip6 || fail "conflict too early"
		# shellcheck disable=SC2086 # words
		send na target $vip6 $words
		wait_for owned "nd advert $mac_a warning" $vip6
		is "flagged neigh w0" $vip6 || fail "$(state $vip6)"
	done <<-EOF2
		lladdr $mac_a
		lladdr $mac_a override
		lladdr $mac_a override router
		lladdr $mac_a from fe80::a
		lladdr $mac_a to fd00:1::9 dst $w0_mac solicited override
	EOF2
	send na target fd09::5 lladdr $mac_a override
	wait_for is "flagged neigh w0" fd09::5
	# another MAC is a change of the same conflict
	follow "$tmp/events"
	send na target $vip6 lladdr $mac_b override
	wait_for owned "nd advert $mac_b warning" $vip6
	wait_for saw "flagged changed" "$tmp/events" $vip6
	equal 1 "$(here ipvsdummy-mon --json |
		jq --arg a $vip6 'select(.address == $a).address' | wc -l)" \
		conflicts
	expect ctl peer add $mac_b
	next_vip6
	send na target $vip6 lladdr $mac_b
	nobodys $vip6
}

test_no_claims()
{
	local words none='' before

	ready
	before=$(counter malformed)
	while read -r words; do
		next_vip6
		none+=" $vip6"
		# shellcheck disable=SC2086 # words
		send ${words//VIP/$vip6}
	done <<-EOF2
		na target VIP lladdr $mac_a hops 64
		na target VIP lladdr $mac_a code 1
		na target VIP lladdr $mac_a src $mac_b
		na target VIP lladdr $mac_a length 77
		na target VIP lladdr $mac_a length 80
		na target VIP lladdr $mac_a sum 1
		na target VIP lladdr $w0_mac
		na target VIP lladdr $(mac_of $dev)
		na target VIP lladdr 01:00:5e:00:00:01
		na target fd00:1::9 lladdr $mac_a
		ns target VIP to ff02::1 from fd00:1::77 lladdr $mac_a
		ns target VIP to ff02::1 from VIP lladdr $mac_a hops 64
		ns target VIP to ff02::1 src $w0_mac
	EOF2
	# shellcheck disable=SC2086 # words
	nobodys $none
	counted malformed $((before + 4)) || fail "malformed: $(counter malformed)"
}

# Duplicate Address Detection of another station
test_dad()
{
	ready
	send ns target $heard_vip src $mac_a
	wait_for owned "nd probe $mac_a warning" $heard_vip
	is "flagged neigh w0" $heard_vip || fail "$(state $heard_vip)"
	send ns target $heard_vip src $mac_b nonce $nonce
	wait_for owned "nd probe $mac_b warning" $heard_vip
	# with the node's own MAC it is an echo
	next_vip6
	send ns target $vip6 to ff02::1 src "$w0_mac" nonce $nonce
	nobodys $vip6
}

# The group of a VIP is joined while it is probed, so that the rival is heard. A
# nonce of the node's own is a message of its own that came back (RFC 7527).
test_dad_probed()
{
	local own

	ready
	hear
	set_policy probe on
	expect vip_add fd00:1::abcd:1/128
	expect vip_add fd00:1::abcd:2/128
	for vip6 in fd00:1::abcd:1 fd00:1::abcd:2; do
		wait_for heard_more 0 "ns $w0_mac :: $vip6"
	done
	own=$(awk -v vip=$vip6 '$1 == "ns" && $4 == vip { print $6; exit }' \
		"$tmp/heard")
	[ -n "$own" ] || fail "a probe without nonce"
	send ns target $vip6 src $mac_a nonce "$own"
	nobodys $vip6
	send ns target fd00:1::abcd:1 src $mac_a nonce $nonce
	wait_for owned "nd probe $mac_a warning" fd00:1::abcd:1
}

# kube-proxy leaves its link down.
test_link_down()
{
	setup
	bind_up_to 30
	vip6=fd00:1::16
	expect vip_add $vip6/128
	send na target $vip6 lladdr $mac_a override
	wait_for owned "nd advert $mac_a warning" $vip6
	is "flagged neigh w0" $vip6 || fail "$(state $vip6)"
}

# In a VRF as well
test_vrf()
{
	setup
	vip6=fd00:1::16
	new_link vrf red table 77
	expect here ip link set red up
	for link in w0 $dev; do
		expect here ip link set $link master red
		expect here ip link set $link up
	done
	# it lost that when it was enslaved
	here ip addr replace fd00:1::9/64 dev w0
	expect vip_add $vip6/128
	send na target $vip6 lladdr $mac_a override
	wait_for owned "nd advert $mac_a warning" $vip6
}

# Through what the interface is a port of
test_stacked()
{
	ready
	lower=w0 new_link vlan w0.5 id 5
	expect here ip link set w0.5 up
	expect ctl watch add w0.5
	next_vip6
	send na target $vip6 lladdr $mac_a vlan 5
	wait_for is "flagged neigh w0.5" $vip6
	equal 5 "$(field vlan $vip6)" vlan
}

run_all test_adverts test_no_claims test_dad test_dad_probed \
	test_link_down test_vrf test_stacked
