#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=400
#
# Which stations' claims are a conflict, how much is told about them, and for how
# long: peers, VRRP, proxy ARP, stations that take turns, silence, and a flood.
. "$(dirname "$0")/wire-common.sh"

test_peer_lladdr()
{
	local first

	setup
	bind_up_to 30
	next_vip
	first=$vip
	claim "$first" $mac_a
	wait_for is "flagged neigh w0" "$first"
	expect ctl peer add $mac_a
	wait_for is "flagged onlink w0" "$first"
	claim "$first" $mac_a
	nobodys "$first"
	claim "$first" $mac_b
	wait_for owned "arp gratuitous $mac_b warning" "$first"
	claim "$first" $mac_a
	settle
	owned "arp gratuitous $mac_b warning" "$first" || fail "a peer's claim"
	expect ctl peer del $mac_a
	claim "$first" $mac_a
	wait_for owned "arp gratuitous $mac_a warning" "$first"
}

# by_address PEER: the station is a peer by its address, whatever its MAC is,
# and not even for a moment is its claim a conflict.
by_address()
{
	local first mac

	setup
	bind_up_to 30
	expect there ip addr add 10.1.0.77/24 dev w0p
	expect ctl peer add "$1"
	next_vip
	first=$vip
	follow "$tmp/events"
	for mac in "" 02:00:00:00:01:01 02:00:00:00:01:02; do
		[ -z "$mac" ] || expect there ip link set w0p address $mac
		send arp spa "$first" tpa "$first"
		send arp op reply spa "$first" tpa 10.1.0.9
		nobodys "$first"
	done
	equal flagged "$(events "$tmp/events" "$first")" "events"
	# others are flagged, and it does not take longer than 500 ms
	claim "$first" $mac_a
	wait_for owned "arp gratuitous $mac_a warning" "$first"
}

test_peer_address() { by_address 10.1.0.77; }
test_peer_prefix() { by_address 10.1.0.64/26; }

# However many others there are that do not answer.
test_many_peers()
{
	local first

	setup
	bind_up_to 30
	expect there ip addr add 10.1.0.77/24 dev w0p
	seq -f "peer add 10.0.0.%.0f" 100 | expect ctl -batch -
	expect ctl peer add 10.1.0.77
	next_vip
	first=$vip
	follow "$tmp/events"
	send arp spa "$first" tpa "$first"
	wait_for counted probes 101
	nobodys "$first"
	equal flagged "$(events "$tmp/events" "$first")" "events"
}

# The address of a peer that is not there makes nobody a peer.
test_peer_absent()
{
	setup
	bind_up_to 30
	expect ctl peer add 10.1.0.77
	next_vip
	claim "$vip" $mac_a
	wait_for owned "arp gratuitous $mac_a warning" "$vip"
}

test_vrrp()
{
	local mac

	setup
	bind_up_to 30
	for mac in 00:00:5e:00:01:07 00:00:5e:00:02:07; do
		next_vip
		claim "$vip" $mac
		wait_for owned "arp gratuitous $mac warning" "$vip"
		equal vrrp "$(field station "$vip")" "station of $mac"
	done
	for mac in 00:00:5e:00:03:07 $mac_a; do
		next_vip
		claim "$vip" $mac
		wait_for owned "arp gratuitous $mac warning" "$vip"
		equal null "$(field station "$vip")" "station of $mac"
	done
}

last_lladdr()
{
	[ "$(jq -r --arg a "$3" 'select(.address == $a).lladdr' "$2" |
		tail -n 1)" = "$1" ]
}

# A VIP that moves between stations is one conflict, and few events.
test_flip_flop()
{
	local mac count

	setup
	bind_up_to 20
	next_vip
	follow "$tmp/events"
	for mac in a b a c b a b a c b a b a c b; do
		mac=mac_$mac
		claim "$vip" "${!mac}"
	done
	wait_for owned "arp gratuitous $mac_b warning" "$vip"
	wait_for last_lladdr $mac_b "$tmp/events" "$vip"
	equal "flagged changed" \
		"$(jq -r --arg a "$vip" 'select(.address == $a).event' \
			"$tmp/events" | uniq | xargs)" "kinds of events"
	count=$(events "$tmp/events" "$vip" | wc -w)
	[ "$count" -le 6 ] || fail "$count events"
	# the same again and again is no event at all
	count=$(event_count)
	claim "$vip" $mac_b count 1000
	settle
	equal $((count + 1)) "$(event_count)" events
}

proxy()
{
	send arp op reply spa 10.1.0.0 sha $mac_a tpa 10.1.0.9 \
		count 256 vary spa
}

# One station that answers for all of a prefix, of which some are VIPs
test_proxy_arp()
{
	local before after

	setup
	bind_up_to 60
	before=$(event_count)
	proxy
	wait_for owned "arp reply $mac_a warning" 10.1.0.60
	wait_for has_field proxy station 10.1.0.60
	after=$(event_count)
	((after - before <= 2 * 45)) || fail "$((after - before)) events"
	proxy
	proxy
	# a VIP of its own, that says that all of them have been seen
	expect vip_add 10.9.0.5/32
	claim 10.9.0.5 $mac_z
	wait_for is "flagged neigh w0" 10.9.0.5
	((after = $(event_count), after - before <= 2 * 45 + 1)) ||
		fail "$((after - before)) events at last"
}

# A claim is over after a time of silence.
test_silence()
{
	setup
	bind_up_to 20
	expect vip_add 10.9.0.5/32
	next_vip
	expect ctl wire set timeout $((3 * ${PATIENCE:-1}))
	claim "$vip" $mac_a
	claim 10.9.0.5 $mac_a
	wait_for is "flagged neigh w0" "$vip"
	wait_for is "flagged neigh w0" 10.9.0.5
	wait_for is "flagged onlink w0" "$vip"
	wait_for is "" 10.9.0.5
	claim "$vip" $mac_b
	wait_for owned "arp gratuitous $mac_b warning" "$vip"
}

# One forged frame flags; it neither unbinds nor refuses.
# Who can pass for a peer is not told: docs/limits.md says so
test_forged_peer()
{
	local first

	setup
	bind_up_to 30
	expect ctl peer add 10.1.0.77
	next_vip
	first=$vip
	claim 10.1.0.77 $mac_a
	claim "$first" $mac_a
	nobodys "$first"
}

test_forged_frame()
{
	setup
	bind_up_to 20
	next_vip
	claim "$vip" $mac_a
	wait_for is "flagged neigh w0" "$vip"
	expect here sh -c "ip addr show dev $dev | grep -qF ' $vip/32'"
	expect vip_del "$vip/32"
	expect vip_add "$vip/32"
	is "flagged neigh w0" "$vip" || fail "forgotten"
}

test_flood()
{
	local first before

	setup
	bind_up_to 30
	next_vip
	first=$vip
	claim "$first" $mac_a
	wait_for is "flagged neigh w0" "$first"
	before=$(counter frames)
	send arp spa 11.0.0.1 tpa 10.1.0.200 sha 02:01:00:00:00:01 \
		count 100000 vary both
	settle
	counted frames $((before + 99000)) || fail "frames: $(counter frames)"
	counted evicted 90000 || fail "evicted: $(counter evicted)"
	[ "$(counter sightings)" -le "$(counter sightings_max)" ] ||
		fail "sightings: $(counter sightings)"
	owned "arp gratuitous $mac_a warning" "$first" || fail "forgotten"
	# all of them for one VIP
	before=$(event_count)
	next_vip
	claim "$vip" 02:01:00:00:00:01 op reply count 20000 vary sha
	wait_for is "flagged neigh w0" "$vip"
	settle
	(($(event_count) - before <= 10)) ||
		fail "$(($(event_count) - before)) events"
	owned "arp gratuitous $mac_a warning" "$first" || fail "forgotten"
}

run_all test_peer_lladdr test_peer_address test_peer_prefix test_many_peers \
	test_peer_absent \
	test_vrrp test_flip_flop test_proxy_arp test_silence test_forged_frame test_forged_peer \
	test_flood
