#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The link is what dummy is.
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link dummy plain
}

# What a link shows, less what is each one's own
shown()
{
	here ip -d -j link show "$1" | jq -S '.[0] |
		del(.ifindex, .ifname, .address, .permaddr,
			.linkinfo.info_kind, .inet6_addr_gen_mode)'
	here ethtool -k "$1" | tail -n +2
}

same()
{
	busywait looks_same || equal "$(shown plain)" "$(shown $dev)" "$1"
}

# The operational state follows a while after.
looks_same()
{
	[ "$(shown plain)" = "$(shown $dev)" ]
}

both()
{
	here ip link set plain "$@" && here ip link set $dev "$@" ||
		fail "link set $*"
	same "$*"
}

test_like_dummy()
{
	setup
	same new
	both up
	both mtu 65536
	both mtu 68
	both mtu 0
	both mtu 2000000000
	both mtu 1500
	both carrier off
	both carrier on
	both arp on
	both arp off
	both multicast on
	both txqueuelen 0
	both alias "services of the cluster"
	both down
}

test_address()
{
	local first

	setup
	first=$(here cat /sys/class/net/$dev/address)
	new_link ipvsdummy other
	[ "$first" != "$(here cat /sys/class/net/other/address)" ] ||
		fail "not random"
	here ip link set $dev up
	expect here ip link set $dev address 02:00:00:00:00:07
	equal 02:00:00:00:00:07 "$(here cat /sys/class/net/$dev/address)" MAC
	refused "" here ip link set $dev address 01:00:00:00:00:07
	refused "" here ip link add bad address 01:00:00:00:00:07 type ipvsdummy
	expect here ip link add good address 02:00:00:00:00:08 type ipvsdummy
}

# No option of its own, so any iproute2 will do
test_no_options()
{
	setup
	refused "" here ip link add bad type ipvsdummy mode audit
	expect here ip link add name "odd\"name'" type ipvsdummy
	expect here ip link del dev "odd\"name'"
}

# Takes every packet, and counts it
test_statistics()
{
	setup
	here sysctl -qw net.ipv6.conf.all.disable_ipv6=1	# it talks by itself
	for link in $dev plain; do
		here ip link set $link up
		expect vip_add 10.5.0.1/24 $link
		here ping -q -c 3 -i 0.2 -W 1 10.5.0.9 >"$tmp/ping"
		expect vip_del 10.5.0.1/24 $link
	done
	for counter in tx_packets tx_bytes tx_dropped rx_packets; do
		equal "$(here cat /sys/class/net/plain/statistics/$counter)" \
			"$(here cat /sys/class/net/$dev/statistics/$counter)" \
			$counter
	done
	[ "$(here cat /sys/class/net/$dev/statistics/tx_packets)" -ge 3 ] ||
		fail "nothing counted"
}

test_driver()
{
	setup
	equal "driver: ipvsdummy" "$(here ethtool -i $dev | head -n 1)" driver
	equal "$(here ethtool -T plain | tail -n +2)" \
		"$(here ethtool -T $dev | tail -n +2)" timestamping
}

test_moves_and_renames()
{
	local to from

	setup
	from=$ns
	expect vip_add 10.5.0.1/32
	new_netns
	to=$ns ns=$from
	expect here ip link set $dev netns "$to" name moved
	ns=$to
	expect vip_add 10.5.0.2/32 moved
	expect here ip link set moved name again
	expect here ip link del again
}

# Neither the name nor the state of a live link has to give way.
test_live_rename()
{
	setup
	expect here ip link set $dev up
	expect vip_add 10.5.0.1/32
	expect vip_add fd05::1/128
	expect here ip link set $dev name live
	expect here ip addr show up dev live
	equal "10.5.0.1 fd05::1" "$(here ip -j addr show dev live scope global |
		jq -r '.[].addr_info[]?.local // empty' | xargs)" addresses
	expect here ip link del live
}

run_all test_like_dummy test_address test_no_options test_statistics \
	test_driver test_moves_and_renames test_live_rename
