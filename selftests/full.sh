#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=load timeout=300
#
# Tables are bounded: what does not fit is refused or flagged as ever, counted
# and told.
. "$(dirname "$0")/common.sh"

max=65536 over=50

# batch WORD COUNT: so many addresses of 10.0.0.0/8
batch()
{
	seq 0 $(($2 - 1)) | awk '{ printf "addr %s 10.%d.%d.%d/32 dev %s\n",
		word, 1 + $1 / 62500, ($1 / 250) % 250, 1 + $1 % 250, dev }' \
		word="$1" dev=$dev
}

test_conflicts()
{
	local attempts

	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.0.0.1/8 w0
	set_policy onlink reject
	batch add $((max + over)) | here ip -force -batch - 2>"$tmp/errors"
	attempts=$(grep -c '^Error: onlink' "$tmp/errors")
	equal $((max + over)) "$attempts" "refused"
	equal $max "$(here ipvsdummyctl -j show |
		jq '[.[].classes[].active] | add')" "recorded"
	equal $max "$(here ipvsdummy-mon --json 2>"$tmp/note" | wc -l)" listed
	[ -s "$tmp/note" ] || fail "the list does not say that it lacks some"
	refused "" vip_add 10.200.0.1/32
	equal "" "$(state 10.200.0.1)" "recorded in a full table"
	equal $((max + over + 1)) "$(here ipvsdummyctl -j show |
		jq '.[0].classes[] | select(.class == "onlink") | .rejected')" \
		"counted"

	# room again: and what is bound by then is told, late
	set_policy onlink flag
	wait_for active 0
	expect vip_add 10.200.0.1/32
	is "flagged onlink w0" 10.200.0.1 || fail "not flagged"
}

test_watched_names()
{
	local i

	new_netns
	for i in {1..256}; do
		here ipvsdummyctl watch add "name$i" || fail "name$i"
	done
	refused "" here ipvsdummyctl watch add one-more
	equal 256 "$(here ipvsdummyctl -j watch list | jq length)" names
}

run_all test_conflicts test_watched_names
