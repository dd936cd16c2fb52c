#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=120
#
# A module that is built with IPVSDUMMY_DEBUG=1 runs its unit tests at load. In
# this one a refusal that is not retried expires after 6 s instead of 5 minutes.
. "$(dirname "$0")/common.sh"

module=/vm/debug/ipvsdummy.ko
[ -e $module ] || skip_all "not in the VM"

setup()
{
	[ ! -d /sys/module/ipvsdummy ] || rmmod ipvsdummy || fail "in use"
	dmesg -C
	insmod $module || fail "does not load: $(dmesg | tail -n 1)"
	trap 'cleanup; rmmod ipvsdummy' EXIT
}

test_unit_tests()
{
	setup
	dmesg | grep -qE \
		'ipvsdummy: selftest: [1-9][0-9]* checks, 0 of [1-9][0-9]* tests failed$' ||
		fail "the log says $(dmesg | grep selftest)"
}

# Each by itself: one that is retried, one that is not; and what is bound stays.
test_refusals_expire()
{
	local begin

	setup
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect vip_add 10.1.0.2/24 w0
	follow "$tmp/events"
	begin=$SECONDS
	refused "" vip_add 10.1.0.1/32
	refused "" vip_add 10.1.0.2/32
	until is "" 10.1.0.2; do
		((SECONDS < begin + deadline)) || fail "never expires"
		refused "" vip_add 10.1.0.1/32
	done
	((SECONDS >= begin + 5)) || fail "expires too early"
	expect vip_add 10.1.0.3/32
	wait_for saw flagged "$tmp/events" 10.1.0.3
	[[ $(events "$tmp/events" 10.1.0.1) != *resolved* ]] ||
		fail "expires in spite of retries"
	wait_for is "" 10.1.0.1
	expect saw "rejected resolved" "$tmp/events" 10.1.0.2
	is "flagged onlink w0" 10.1.0.3 || fail "what is bound expires"
}

run_all test_unit_tests test_refusals_expire
