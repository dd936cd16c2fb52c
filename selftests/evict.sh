#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=2
#
# evict unbinds what is in conflict, and nothing else.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ip link set w0 up
	expect here ip link set w0p up
	expect here ipvsdummyctl watch add w0
	set_policy mode audit
	expect vip_add 10.1.0.1/24 w0
	expect here ip addr add fd01::1/64 dev w0 nodad
	expect vip_add 10.1.0.1/32	# host
	expect vip_add fd01::1/128	# host
	expect vip_add 10.1.0.7/32	# onlink
	expect vip_add 10.2.0.1/32
}

bound()
{
	here ip -j addr show dev $dev | jq -r '.[].addr_info[]? |
		"\(.local // empty)/\(.prefixlen)"' | sort | xargs
}

is_bound()
{
	[ "$(bound)" = "$*" ]
}

test_evict()
{
	setup
	expect here ipvsdummyctl evict $dev
	equal "10.1.0.7/32 10.2.0.1/32" "$(bound)" "bound"
	equal "" "$(here ipvsdummyctl evict $dev)" "a second time"
	here ipvsdummyctl evict $dev onlink >"$tmp/out" || fail "onlink"
	grep -qF "unbound 10.1.0.7/32: onlink, prefix 10.1.0.0/24 of w0" \
		"$tmp/out" || fail "not told: $(cat "$tmp/out")"
	equal "10.2.0.1/32" "$(bound)" "bound"
}

# in each of its forms; a neighbour in the same prefix stays
test_forms()
{
	setup
	expect here ip addr add 10.1.0.1/30 dev $dev
	expect here ip addr add 10.1.0.1 peer 10.9.0.1 dev $dev
	expect here ip addr add fd01::2 peer fd01::1 dev $dev
	here ipvsdummyctl -j evict $dev host,onlink >"$tmp/out" || fail evict
	equal "10.2.0.1/32" "$(bound)" bound
	equal "10.1.0.1/30 10.1.0.1/32 10.1.0.1/32 10.1.0.7/32 fd01::1/128 fd01::2/128" \
		"$(jq -r .unbound "$tmp/out" | sort | xargs)" told
}

# Each line of a batch is for itself.
test_batch()
{
	setup
	new_link ipvsdummy kube-ipvs1
	expect vip_add 10.1.0.7/32 kube-ipvs1
	printf '%s\n' "evict $dev onlink" "evict kube-ipvs1 host" |
		here ipvsdummyctl -batch - >"$tmp/out" || fail batch
	equal "10.1.0.1/32 10.2.0.1/32 fd01::1/128" "$(bound)" bound
	is "flagged onlink w0" 10.1.0.7 kube-ipvs1 || fail "not named, and gone"
}

test_follow()
{
	setup
	${ns:+ip netns exec "$ns"} ipvsdummyctl evict $dev host --follow \
		>"$tmp/out" &
	followers+=" $!"
	wait_for is_bound 10.1.0.7/32 10.2.0.1/32
	expect vip_add 10.1.0.1/32
	wait_for is_bound 10.1.0.7/32 10.2.0.1/32
	# a conflict that comes late
	expect vip_add 10.2.0.1/24 w0
	wait_for is_bound 10.1.0.7/32
	wait_for has_lines "$tmp/out" 4
}

wrong()
{
	local words=$1 out rc=0 before
	shift

	before=$(bound)
	out=$("${as[@]}" ipvsdummyctl "$@" 2>&1) || rc=$?
	equal 2 $rc "exit of $*"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "$*: $out, not $words"
	equal "$before" "$(bound)" "state after $*"
}

test_bad_input()
{
	local as=(here)

	setup
	wrong w0 evict w0
	wrong nosuch evict nosuch
	wrong a123456789012345 evict a123456789012345
	wrong purple evict $dev purple
	wrong purple evict $dev host,purple
	wrong more evict $dev host more
	wrong "which link" evict
	wrong follow show $dev --follow
	as=(here setpriv --bounding-set -all)
	wrong "not permitted" evict $dev
}

# What one forged frame could have made is unbound only on demand
test_unconfirmed()
{
	setup
	expect here ip neigh add 10.1.0.9 lladdr 52:54:00:12:34:09 dev w0 \
		nud stale
	expect vip_add 10.1.0.9/32
	is "flagged neigh w0" 10.1.0.9 || fail "neigh: $(state 10.1.0.9)"
	expect ctl evict $dev
	equal "10.1.0.7/32 10.1.0.9/32 10.2.0.1/32" "$(bound)" "for sure"
	equal "$dev: unbound 10.1.0.9/32: neigh, 52:54:00:12:34:09 on w0" \
		"$(ctl evict $dev neigh)" "on demand"
}

run_all test_evict test_forms test_batch test_follow test_unconfirmed \
	test_bad_input
