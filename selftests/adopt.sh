#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=2 timeout=300
#
# adopt puts an ipvsdummy link in the place of a live dummy, release a dummy in
# the place of an ipvsdummy link, and everything is kept.
. "$(dirname "$0")/adopt-common.sh"

odd_addresses()
{
	expect here ip addr add 10.3.0.1 peer 10.3.0.2 dev $dev
	expect here ip addr add 10.4.0.1/24 brd + dev $dev metric 77
	expect here ip addr add 10.4.0.2/24 dev $dev
	expect here ip addr add 10.5.0.1/24 dev $dev noprefixroute scope link
	expect here ip addr add 10.6.0.1/32 dev $dev valid_lft 9000 \
		preferred_lft 8000
	expect here ip addr add 10.6.0.2/32 dev $dev valid_lft 9000 \
		preferred_lft 0
	expect here ip addr add fd03::1 peer fd03::2 dev $dev
	expect here ip addr add fd04::1/64 dev $dev nodad
	expect here ip addr add fd05::1/64 dev $dev noprefixroute
	expect here ip addr add fd06::1/128 dev $dev valid_lft 9000 \
		preferred_lft 8000
	expect here ip route add local 10.7.0.0/16 dev $dev proto static
}

test_down()
{
	setup
	new_dummy
	odd_addresses
	round_trip
	all_local "at the end"
}

test_up()
{
	setup
	new_dummy up
	odd_addresses
	expect here ip route add 10.8.0.0/16 dev $dev proto static table 77
	expect here ip route add local fd07::/64 dev $dev proto static
	expect here ip route add fd08::/64 dev $dev proto static metric 9
	round_trip
	all_local "at the end"
}

test_attributes()
{
	setup
	new_dummy
	expect here ip link set $dev mtu 1400 address 02:00:00:00:00:09 \
		txqueuelen 77 group 5 alias "VIPs, all of them" arp on \
		multicast on allmulticast on promisc on addrgenmode none
	expect here ip link property add dev $dev altname services
	here sysctl -qw net.ipv4.conf.$dev.rp_filter=2 \
		net.ipv4.conf.$dev.arp_ignore=1 \
		net.ipv6.conf.$dev.accept_ra=0 || fail sysctl
	round_trip
	expect here ip link set $dev up carrier off
	round_trip
}

test_master()
{
	setup
	expect here ip link add red type vrf table 10
	expect here ip link set red up
	expect here ip link add $dev type dummy
	expect here ip link set $dev master red up
	expect vip_add 10.2.0.1/32
	expect vip_add fd02::1/128
	round_trip
	equal red "$(here ip -j link show $dev | jq -r '.[0].master')" master
}

# A label of the user's stays; of those without, the first has the name.
test_labels()
{
	setup
	expect here ip link add $dev type dummy
	expect vip_add 10.2.0.1/32
	expect here ip addr add 10.2.0.2/32 dev $dev label $dev:web
	swap adopt $dev
	equal "$dev $dev:web" "$(here ip -j addr show dev $dev |
		jq -r '.[].addr_info[]?.label // empty' | xargs)" labels
}

test_policy()
{
	setup
	new_dummy
	swap adopt $dev mode enforce host skip onlink reject
	equal enforce "$(mode)" mode
	equal "skip reject reject reject" "$(here ipvsdummyctl -j show $dev |
		jq -r '[.[0].classes[].action // empty] | join(" ")')" actions
	# what is bound stays so
	all_local "with a policy"
	refused "" vip_add 10.1.0.9/32
	here grep -q . "$tmp/out"
	grep -qE 'flagged .*10.1.0.1 .*host.*address of w0' "$tmp/out" ||
		fail "the conflict is not told: $(cat "$tmp/out")"

	swap -j adopt $dev onlink flag
	equal "false enforce" "$(jq -r .changed "$tmp/out") $(mode)" "again"
	expect vip_add 10.1.0.9/32
}

test_json()
{
	setup
	new_dummy
	swap -j adopt $dev host skip
	equal '["kube-ipvs0","ipvsdummy",true,8,0]' "$(jq -c '[.dev, .kind,
		.changed, .addresses, .routes]' "$tmp/out")" result
	equal '["10.1.0.1 skip","fd01::1 skip"]' "$(jq -c '[.conflicts[] |
		"\(.address) \(.would)"]' "$tmp/out")" conflicts
	swap -j release $dev
	equal '["dummy",true,8]' "$(jq -c '[.kind, .changed, .addresses]' \
		"$tmp/out")" "released"
	swap -j release $dev
	equal false "$(jq .changed "$tmp/out")" "released again"
}

# wrong WORDS ARGUMENT...: one line that has these words; exit 2; nothing changes
wrong()
{
	local words=$1 out rc=0 before
	shift

	before=$(here ip -d addr)
	out=$("${as[@]}" ipvsdummyctl "$@" 2>&1) || rc=$?
	equal 2 $rc "exit of $*"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "$*: $out, not $words"
	equal "$before" "$(here ip -d addr)" "state after $*"
}

test_bad_input()
{
	local as=(here)

	setup
	new_dummy
	wrong w0 adopt w0
	wrong lo adopt lo
	wrong w0 release w0
	wrong nosuch adopt nosuch
	wrong nosuch release nosuch
	wrong "which link" adopt
	wrong a123456789012345 adopt a123456789012345
	wrong a123456789012345 release a123456789012345
	wrong purple adopt $dev mode purple
	wrong purple adopt $dev purple reject
	wrong "onlink skip" adopt $dev onlink skip
	wrong more release $dev more
	as=(here setpriv --bounding-set -all)
	wrong "not permitted" adopt $dev
	as=(here)
	expect here ip link property add dev $dev altname services
	wrong "another name" adopt services
	# what is called like ours, but is not
	expect here ip link add "$(derived new)" type bridge
	wrong "left over" adopt $dev
}

# derived new|old: the name that adopt makes of the link's for the time being
derived()
{
	local hash=2166136261 i

	for ((i = 0; i < ${#dev}; i++)); do
		hash=$(((hash ^ $(printf %d "'${dev:i:1}")) * 16777619 &
			0xffffffff))
	done
	printf 'vip%s%08x' "$1" $hash
}

# What is in conflict is told without a link, a module or a privilege.
test_dry_run()
{
	[ -e /vm/job ] || return 0
	setup
	expect ip link set eth1 netns "$ns"
	expect vip_add 10.1.0.1/24 eth1
	expect vip_add fd01::1/64 eth1
	new_dummy
	here ipvsdummyctl -j -dry-run adopt $dev host skip >"$tmp/out"
	equal 1 $? "exit"
	equal '["10.1.0.1 host skip eth1","fd01::1 host skip eth1"]' "$(jq -c \
		'map("\(.address) \(.class) \(.action) \(.match_dev)") | sort' \
		"$tmp/out")" conflicts
	here setpriv --reuid 65534 --clear-groups ipvsdummyctl -dry-run \
		adopt $dev mode audit >"$tmp/out" || fail "exit in mode audit"
	grep -q '10.1.0.1 .*would reject' "$tmp/out" || fail "$(cat "$tmp/out")"
	equal dummy "$(kind)" kind
	refused "not of kind" here ipvsdummyctl -dry-run adopt w0
	refused "nosuch" here ipvsdummyctl -dry-run adopt nosuch
}

run_all test_down test_up test_attributes test_master test_labels test_policy \
	test_json test_dry_run test_bad_input
