#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=load nics=1 timeout=120
#
# A question that nobody can hear is given up after half a minute, and asked again
# when the cable is back.
. "$(dirname "$0")/wire-common.sh"

readonly given_up=40	# seconds, POSTPONE_MAX in probe.c and some more

test_carrier()
{
	local end

	setup
	set_policy probe on
	expect there ip addr add 10.1.0.64/32 dev w0p
	expect there ip link set w0p down
	expect vip_add 10.1.0.64/32
	end=$((SECONDS + given_up))
	while ((SECONDS < end)); do
		is "flagged onlink w0" 10.1.0.64 || fail "$(state 10.1.0.64)"
	done
	equal 0 "$(counter probes)" "probes that nobody heard"
	expect there ip link set w0p up
	wait_for is "flagged neigh w0" 10.1.0.64
}

run_all test_carrier
