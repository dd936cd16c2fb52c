# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The verbs of the tools, each with what undoes it, for tests in which they fail on
# the way. Such a test has a function each UNDO COMMAND...
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect ctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect ctl rule add $dev 10.5.0.0/16 flag
	expect ctl peer add 10.1.0.99
	expect vip_add 10.2.0.1/32
}

# All that a command may change
whole_state()
{
	all_set | jq -c 'walk(if type == "object" then del(.events,
		.ifindex, .rejected, .skipped, .flagged, .lost) else . end)'
	here ip -o addr | sed 's/^[0-9]*: *//'
	here ipvsdummy-mon --json | jq -c '[.event, .address, .class]'
	ctl check $dev 10.1.0.1 10.1.0.8 10.3.0.1 10.3.0.8 2>/dev/null
}

# What found no memory is looked at again soon.
all_or_nothing()
{
	now=$(whole_state)
	[ "$now" = "$before" ] || [ "$now" = "$after" ]
}

# learn UNDO COMMAND...: what $before and $after are, what it $said and the exit status
# that is $wanted
# shellcheck disable=SC2034 # they are for each()
learn()
{
	local undo=$1
	shift

	before=$(whole_state)
	wanted=0
	said=$(here "$@" 2>&1) || wanted=$?
	after=$(whole_state)
	# shellcheck disable=SC2086 # words
	expect $undo
	equal "$before" "$(whole_state)" "state after $undo"
}

test_set()
{
	setup
	each "ctl set $dev mode enforce onlink flag" \
		ipvsdummyctl set $dev mode audit onlink reject
	each "ctl rule del $dev 10.6.0.0/16" \
		ipvsdummyctl rule add $dev 10.6.0.0/16 reject
	each "ctl rule replace $dev 10.5.0.0/16 flag" \
		ipvsdummyctl rule replace $dev 10.5.0.0/16 reject
	each "ctl rule add $dev 10.5.0.0/16 flag" \
		ipvsdummyctl rule del $dev 10.5.0.0/16
	each "ctl watch del w1" ipvsdummyctl watch add w1
	each "ctl watch del w2" ipvsdummyctl watch exclude w2
	each "ctl watch add w0" ipvsdummyctl watch del w0
	each "ctl peer del 10.1.0.98" ipvsdummyctl peer add 10.1.0.98
	each "ctl peer add 10.1.0.99" ipvsdummyctl peer flush
	each "ctl wire set timeout 300" ipvsdummyctl wire set timeout 77
}

test_show()
{
	setup
	expect vip_add 10.1.0.7/32
	ctl save $dev >"$tmp/policy"
	echo "rule add DEV 10.7.0.0/16 flag" >>"$tmp/policy"
	for command in show "rule list" "watch list" "peer list" "wire show" \
		"save $dev" "check $dev 10.2.0.9" "why $dev 10.1.0.7"; do
		# shellcheck disable=SC2086 # words
		each : ipvsdummyctl $command
	done
	each : ipvsdummy-mon --min-severity critical
	each "ctl rule del $dev 10.7.0.0/16" \
		ipvsdummyctl sync $dev "$tmp/policy"
}
