#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: append=ipv6.disable=1 nics=1
#
# A kernel booted without IPv6 has the guard for IPv4, and nothing that trips
# over what is missing.
. "$(dirname "$0")/common.sh"

[ ! -e /proc/net/if_inet6 ] || skip_all "this kernel has IPv6"

test_ipv4_alone()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	here ip link set w0 up
	here ip link set $dev up
	expect vip_add 10.1.0.1/24 w0
	refused "" vip_add 10.1.0.1/32
	expect vip_add 10.1.0.2/32
	is "flagged onlink w0" 10.1.0.2 || fail "not flagged"
	refused "" vip_add fd00::1/128
	here ipvsdummyctl check $dev fd00::1 10.1.0.1 >"$tmp/out"
	equal 1 $? "check"
	here ip link set $dev down
	expect vip_del 10.1.0.1/24 w0
	wait_for is "" 10.1.0.2
}

run_all test_ipv4_alone
