#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=400
#
# arp-reply: for which VIPs the node answers ARP, and whether it asks as one.
. "$(dirname "$0")/wire-common.sh"

vip=10.1.0.16

# answers ADDRESS: how often the node said that it has it
answers()
{
	heard "arp 2 $w0_mac $1"
}

# asked [WORD...]: the station asks; then for an address that the node answers
# for, so that what is not answered by then never is
asked()
{
	local before

	before=$(answers 10.1.0.9)
	[ $# = 0 ] || send arp "$@"
	send arp spa 10.1.0.77 tpa 10.1.0.9
	wait_for heard_more "$before" "arp 2 $w0_mac 10.1.0.9"
}

# answered ADDRESS [WORD...]: succeeds if the node answers for it
answered()
{
	local before

	before=$(answers "$1")
	asked spa 10.1.0.77 tpa "$@"
	[ "$(answers "$1")" -gt "$before" ]
}

silent()
{
	! answered "$@"
}

ready()
{
	setup
	hear
	bind_up_to 30
}

test_normal()
{
	ready
	answered $vip || fail "silent"
	claim $vip $mac_a
	wait_for is "flagged neigh w0" $vip
	answered $vip || fail "silent after a claim"
}

test_never()
{
	ready
	set_policy arp-reply never
	answered $vip && fail "broadcast question"
	answered $vip dst "$w0_mac" && fail "unicast question"
	answered $vip tha "$w0_mac" dst "$w0_mac" && fail "refresh"
	asked spa 0.0.0.0 tpa $vip
	asked spa $vip tpa $vip
	equal 0 "$(answers $vip)" answers
	# other addresses, of whatever link, are none of its business
	new_link dummy d0
	expect vip_add 10.1.0.99/32 d0
	expect vip_add 10.1.0.98/32 lo
	answered 10.1.0.99 || fail "silent for a dummy's address"
	answered 10.1.0.98 || fail "silent for an address of lo"
	# an address that comes later is silent from the start
	expect vip_add 10.1.0.97/32
	answered 10.1.0.97 && fail "a new VIP"
	set_policy arp-reply normal
	answered $vip || fail "silent again"
	answered 10.1.0.97 || fail "silent again"
}

# What a real interface has, too, it answers for.
test_never_but_real()
{
	ready
	set_policy arp-reply never host flag
	expect vip_add 10.1.0.9/32
	is "flagged host w0" 10.1.0.9 || fail "no conflict"
	asked
	expect vip_add $vip/24 w0
	answered $vip || fail "silent for an address of w0"
	expect vip_del $vip/24 w0
	wait_for silent $vip
}

# On an interface that is not watched it is silent as well.
test_never_anywhere()
{
	ready
	set_policy arp-reply never
	expect ctl watch del w0
	answered $vip && fail "on an interface that is not watched"
	return 0
}

# It is the stricter link that decides, whichever was first.
test_two_links()
{
	ready
	new_link ipvsdummy kube-ipvs1
	for vip in 10.1.0.16 10.1.0.40; do
		vip_add $vip/32 kube-ipvs1 || fail "$vip"
	done
	vip_add 10.1.0.40/32 || fail "10.1.0.40"
	expect ctl set kube-ipvs1 arp-reply never
	for vip in 10.1.0.16 10.1.0.40; do
		answered $vip && fail "$vip"
	done
	expect ctl set kube-ipvs1 arp-reply normal
	answered 10.1.0.16 || fail "silent"
	set_policy arp-reply never
	for vip in 10.1.0.16 10.1.0.40; do
		answered $vip && fail "$vip"
	done
	expect here ip link del kube-ipvs1
	answered 10.1.0.16 && fail "after the other link went"
	return 0
}

# What has the same address in another VRF is another address.
test_vrf()
{
	ready
	set_policy arp-reply never
	new_link vrf red table 77
	expect here ip link set red up
	new_link dummy d0 master red
	expect here ip link set d0 up
	expect vip_add $vip/32 d0
	expect here ip link set w0 master red
	answered $vip || fail "silent for an address of the VRF"
	# in a VRF only links that are up have local routes
	expect here ip link set $dev up master red
	answered $vip && fail "the VRF's own"
	new_link dummy w1
	expect ctl watch add w1
	expect vip_add $vip/32 w1
	answered $vip && fail "for that of an interface outside the VRF"
	return 0
}

test_uncontested()
{
	ready
	set_policy arp-reply uncontested
	answered $vip || fail "silent before a claim"
	# the first question after the claim is not answered any more
	claim $vip $mac_a
	answered $vip && fail "after a claim"
	answered 10.1.0.17 || fail "silent for another VIP"
	wait_for is "flagged neigh w0" $vip
	answered $vip && fail "later"
	# a claim that was there before the policy
	set_policy arp-reply normal
	claim 10.1.0.18 $mac_a
	wait_for is "flagged neigh w0" 10.1.0.18
	set_policy arp-reply uncontested
	answered 10.1.0.18 && fail "after an older claim"
	# and one before the VIP
	claim 10.1.0.64 $mac_a
	asked
	expect vip_add 10.1.0.64/32
	answered 10.1.0.64 && fail "after a sighting"
	expect ctl peer add $mac_c
	claim 10.1.0.19 $mac_c
	answered 10.1.0.19 || fail "silent after a peer's claim"
}

# A station that boots and asks whether it may have its address (RFC 5227, 2.1)
# is not told that it may not.
test_uncontested_probe()
{
	ready
	set_policy arp-reply uncontested
	asked spa 0.0.0.0 tpa $vip sha $mac_a
	equal 0 "$(answers $vip)" "answers to a probe"
	answered $vip && fail "after a probe"
	wait_for is "flagged neigh w0" $vip
	owned "arp probe $mac_a warning" $vip || fail "$(owner $vip)"
	# without it, as the kernel does: conflict for them
	set_policy arp-reply normal
	asked spa 0.0.0.0 tpa 10.1.0.17 sha $mac_a
	equal 1 "$(answers 10.1.0.17)" "answers to a probe"
}

# Silence is self-made, so it does not prove that the owner is gone: only his not
# answering does.
test_uncontested_ends()
{
	local before

	ready
	set_policy arp-reply uncontested
	expect ctl wire set timeout 1
	expect there ip addr add $vip/32 dev w0p
	claim $vip "$(there cat /sys/class/net/w0p/address)"
	claim 10.1.0.17 $mac_a
	wait_for is "flagged neigh w0" $vip
	before=$(counter probes)
	# nobody stands for this one
	wait_for answered 10.1.0.17
	wait_for counted probes $((before + 6))
	answered $vip && fail "though the owner answers"
	expect there ip addr del $vip/32 dev w0p
	wait_for answered $vip
}

# spoke ADDRESS: the VIP sends to it
speak()
{
	here ip route replace "$1/32" dev w0 src $vip || fail "no route to $1"
	here bash -c "echo >/dev/udp/$1/9"
}

test_sender()
{
	ready
	speak 10.1.0.200
	wait_for heard_more 0 "arp 1 $w0_mac $vip .* 10.1.0.200"
	set_policy arp-reply never
	speak 10.1.0.201
	wait_for heard_more 0 "arp 1 $w0_mac 10.1.0.9 .* 10.1.0.201"
	equal 0 "$(heard "arp 1 $w0_mac $vip .* 10.1.0.201")" "as the VIP"
	set_policy arp-reply uncontested
	speak 10.1.0.202
	wait_for heard_more 0 "arp 1 $w0_mac $vip .* 10.1.0.202"
	claim $vip $mac_a
	wait_for is "flagged neigh w0" $vip
	speak 10.1.0.203
	wait_for heard_more 0 "arp 1 $w0_mac 10.1.0.9 .* 10.1.0.203"
	equal 0 "$(heard "arp 1 $w0_mac $vip .* 10.1.0.203")" "as the VIP"
	# without an address of its own, it asks nobody as the VIP either
	set_policy arp-reply never
	expect vip_del 10.1.0.9/24 w0
	speak 10.1.0.204
	here ping -c 1 -W 1 10.1.0.204 >/dev/null
	equal 0 "$(heard "arp 1 $w0_mac $vip .* 10.1.0.204")" "as the VIP"
}

run_all test_normal test_never test_never_but_real test_never_anywhere \
	test_two_links test_vrf test_uncontested test_uncontested_probe \
	test_uncontested_ends test_sender
