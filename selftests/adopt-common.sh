# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of adopt and release share.
#
#   netns $ns:  kube-ipvs0, with VIPs   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly vips="10.2.0.1 10.2.0.2 10.2.0.3 10.2.0.4 10.1.0.1
	fd02::1 fd02::2 fd01::1"

setup()
{
	new_netns
	# an address that is tentative is another one soon
	here sysctl -qw net.ipv6.conf.{all,default}.accept_dad=0
	new_link veth w0 peer name w0p
	expect here ip link set w0 up
	expect here ip link set w0p up
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect here ip addr add fd01::1/64 dev w0 nodad
}

# new_dummy [up]: a dummy with all VIPs
new_dummy()
{
	new_links dummy "${1:-}"
}

# new_links KIND [up]
new_links()
{
	{
		echo "link add $dev address 02:00:00:00:00:07 type $1"
		[ -z "${2:-}" ] || echo "link set $dev up"
		printf "addr add %s dev $dev\n" $vips
	} | here ip -batch - || fail "no $1 with VIPs"
}

kind()
{
	here ip -d -j link show $dev | jq -r '.[0].linkinfo.info_kind'
}

mode()
{
	here ipvsdummyctl -j show $dev | jq -r '.[0].mode'
}

# Nothing that adopt or release makes for the time being
no_leftovers()
{
	equal "" "$(here ip -o link | grep -oE 'vip(new|old)[0-9a-f]+')" leftover
}

# each VIP is local, whatever link that comes from
all_local()
{
	printf 'route get %s\n' $vips | here ip -batch - >"$tmp/local"
	equal 8 "$(grep -c ^local "$tmp/local")" "VIPs local $*"
}

# Addresses of the link, but for labels, which the kernel makes anew
addresses()
{
	here ip -j addr show dev $dev | jq -S '[.[].addr_info[]? |
		del(.label) |
		if .valid_life_time < 4294967295 then
			.valid_life_time = 1 | .preferred_life_time = 1
		else . end] | sort_by(.local, .prefixlen)'
}

# What is kept of a link
shown()
{
	addresses
	here ip -d -j link show $dev | jq -S '.[0] | {ifname, flags, mtu,
		operstate, group, txqlen, address, ifalias, altnames, master,
		inet6_addr_gen_mode}'
	here ip route show table all dev $dev proto static | sort
	here ip -6 route show table all dev $dev proto static | sort
	here sysctl -a 2>/dev/null | grep -E "conf\.$dev\." |
		grep -v stable_secret
}

swap()
{
	here ipvsdummyctl "$@" >"$tmp/out" 2>&1 || {
		sed 's/^/# /' "$tmp/out"
		fail "$*"
	}
	no_leftovers
}

# There and back: what is shown stays the same.
round_trip()
{
	shown >"$tmp/before"
	swap adopt $dev
	equal ipvsdummy "$(kind)" kind
	equal audit "$(mode)" mode
	wait_for looks_like_before
	swap release $dev
	equal dummy "$(kind)" kind
	wait_for looks_like_before
}

# The operational state follows a while after.
looks_like_before()
{
	shown >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" || {
		diff "$tmp/before" "$tmp/after" | sed 's/^/# /' >"$tmp/diff"
		return 1
	}
}
