#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=2 timeout=240
#
# Late conflicts and their end: whatever the order of VIP and watched address,
# the outcome is the same.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched)   w1 (veth, not)
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	new_link veth w1 peer name w1p
	here ip link set w0 up
	here ip link set w0p up
	expect here ipvsdummyctl watch add w0
}

# address family, VIP, the watched address with that VIP, one beside it
families()
{
	local family vip prefix beside
	while read -r family vip prefix beside; do
		echo "# $family"
		"$1" "$vip" "$prefix" "$beside"
	done <<-EOF2
		inet 10.1.0.5 24 10.1.0.9
		inet6 fd00:1::5 64 fd00:1::9
	EOF2
}

# host ADDRESS: with its whole length
host()
{
	case $1 in *:*) echo "$1/128" ;; *) echo "$1/32" ;; esac
}

late_address()
{
	local vip

	vip=$(host "$1")
	expect vip_add "$vip"
	is "" "$1" || fail "conflict before there is any"
	expect vip_add "$3/$2" w0
	wait_for is "flagged onlink w0" "$1"
	expect vip_add "$1/$2" w0
	wait_for is "flagged host w0" "$1"
	# the address goes, its prefix stays by the other one
	expect vip_del "$1/$2" w0
	wait_for is "flagged onlink w0" "$1"
	expect vip_del "$3/$2" w0
	wait_for is "" "$1"
	expect vip_del "$vip"
}

test_late_address() { setup; families late_address; }

late_watch()
{
	local vip

	vip=$(host "$1")
	expect vip_add "$1/$2" w1
	expect vip_add "$vip"
	is "" "$1" || fail "w1 is not watched"
	expect here ipvsdummyctl watch add w1
	is "flagged host w1" "$1" || fail "not at once"
	expect here ipvsdummyctl watch del w1
	wait_for is "" "$1"
	expect vip_del "$vip"
	expect vip_del "$1/$2" w1
}

test_late_watch() { setup; families late_watch; }

gone_vip()
{
	local vip

	vip=$(host "$3")
	expect vip_add "$1/$2" w0
	expect vip_add "$vip"
	wait_for is "flagged onlink w0" "$3"
	expect vip_del "$vip"
	is "" "$3" || fail "not resolved at once"
}

test_vip_goes() { setup; families gone_vip; }

# A policy unbinds nothing; what it refuses from now on, it flags if bound.
stricter()
{
	local vip

	vip=$(host "$3")
	set_policy onlink allow
	expect vip_add "$1/$2" w0
	expect vip_add "$vip"
	is "" "$3" || fail "allow flags"
	set_policy onlink reject
	is "flagged onlink w0" "$3" || fail "not flagged"
	expect here sh -c "ip addr show dev $dev | grep -qF '$vip'"
	expect vip_del "$vip"
	refused "" vip_add "$vip"
	is "rejected onlink w0" "$3" || fail "not refused"
	set_policy onlink flag
	is "" "$3" || fail "a refusal outlives its policy"
	vip_del "$1/$2" w0
}

test_stricter_policy() { setup; families stricter; }

audit()
{
	local vip would

	vip=$(host "$1")
	expect vip_add "$1/$2" w0
	set_policy mode audit
	expect vip_add "$vip"
	would=$(here ipvsdummy-mon --json | jq -r .would)
	equal reject "$would" would
	set_policy host skip
	equal skip "$(here ipvsdummy-mon --json | jq -r .would)" would
	set_policy mode enforce host reject
	equal null "$(here ipvsdummy-mon --json | jq -r .would)" would
	is "flagged host w0" "$1" || fail "enforcing unbinds or forgets"
	expect vip_del "$vip"
	refused "" vip_add "$vip"
	expect vip_del "$1/$2" w0
}

test_audit() { setup; families audit; }

# DHCP renewals, networkd restarts, a bond's failover: the watched interface
# loses its addresses and has them back. Nobody wants to hear of it 5,000 times.
test_flap()
{
	local before

	setup
	expect vip_add 10.1.0.1/16 w0
	seq 1 5000 | awk '{ printf "addr add 10.1.%d.%d/32 dev %s\n",
		1 + $1 / 250, 1 + $1 % 250, dev }' dev=$dev |
		here ip -batch - || fail "cannot bind"
	wait_for active 5000
	follow "$tmp/events"
	before=$(event_count)
	for _ in 1 2 3; do
		expect vip_del 10.1.0.1/16 w0
		expect vip_add 10.1.0.1/16 w0
	done
	# the sentinel is judged after all of that
	expect vip_add 10.1.0.250/32
	wait_for saw flagged "$tmp/events" 10.1.0.250
	equal $((before + 1)) "$(event_count)" "events"

	expect vip_del 10.1.0.1/16 w0
	wait_for active 0
	wait_for resolved_or_lost 5001 "$tmp/events"
}

resolved_or_lost()
{
	[ "$(jq -s 'map(if .event == "resolved" then 1
		elif .event == "lost" then .count else 0 end) | add' "$2")" = "$1" ]
}

# Every event has a number, none is left out, and a follower that was there
# from the start knows what one that comes now is told.
test_followers_agree()
{
	local i

	setup
	follow "$tmp/early"
	expect vip_add 10.1.0.1/24 w0
	for i in {2..40}; do
		vip_add 10.1.0.$i/32
		((i % 3)) || vip_del 10.1.0.$i/32
	done
	refused "" vip_add 10.1.0.1/32
	wait_for saw rejected "$tmp/early" 10.1.0.1
	equal "$(seq 1 "$(event_count)" | xargs)" \
		"$(jq .seq "$tmp/early" | xargs)" "numbers"

	here ipvsdummy-mon --json | jq -c '[.address, .event, .class]' |
		sort >"$tmp/now"
	jq -sc 'group_by(.address)[] | last | select(.event != "resolved") |
		[.address, .event, .class]' "$tmp/early" | sort >"$tmp/folded"
	expect diff "$tmp/now" "$tmp/folded"
	follow "$tmp/late"
	jq -c '[.address, .event, .class]' "$tmp/late" | sort >"$tmp/listed"
	expect diff "$tmp/now" "$tmp/listed"
}

test_refusal_ends()
{
	setup
	expect vip_add 10.1.0.5/24 w0
	refused "" vip_add 10.1.0.5/32
	is "rejected host w0" 10.1.0.5 || fail "not rejected"
	# another address of the same prefix: the refusal goes, nothing is bound
	expect vip_del 10.1.0.5/24 w0
	is "rejected host w0" 10.1.0.5 || fail "not held"
	wait_for is "" 10.1.0.5

	expect vip_add 10.1.0.5/24 w0
	refused "" vip_add 10.1.0.5/32
	set_policy host flag
	is "" 10.1.0.5 || fail "still refused"
	expect vip_add 10.1.0.5/32
	is "flagged host w0" 10.1.0.5 || fail "not flagged"
}

# Within the 5 s in which a gone address is remembered, it refuses nothing.
test_gone_refuses_nothing()
{
	setup
	expect vip_add 10.1.0.5/24 w0
	expect vip_del 10.1.0.5/24 w0
	expect vip_add 10.1.0.5/32
	is "" 10.1.0.5 || fail "a gone address flags"
	expect vip_add 10.1.0.5/24 w0
	wait_for is "flagged host w0" 10.1.0.5
}

test_two_namespaces()
{
	local first

	setup
	expect vip_add 10.1.0.5/24 w0
	first=$ns
	setup
	expect vip_add 10.1.0.5/32
	is "" 10.1.0.5 || fail "another namespace's address"
	ns=$first
	refused "" vip_add 10.1.0.5/32
}

# Two links may hold one VIP; neither is watched by the other.
test_two_links()
{
	setup
	new_link ipvsdummy kube-ipvs1
	expect vip_add 10.1.0.5/32
	expect vip_add 10.1.0.5/32 kube-ipvs1
	expect vip_add 10.1.0.5/24 w0
	wait_for is "flagged host w0" 10.1.0.5
	wait_for is "flagged host w0" 10.1.0.5 kube-ipvs1
	here ip link del kube-ipvs1
	is "flagged host w0" 10.1.0.5 || fail "the other link's is gone too"
	is "" 10.1.0.5 kube-ipvs1 || fail "the deleted link's is not"
}

run_all test_late_address test_late_watch test_vip_goes test_stricter_policy \
	test_audit test_flap test_followers_agree test_refusal_ends \
	test_gone_refuses_nothing test_two_namespaces test_two_links
