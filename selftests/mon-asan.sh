#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The monitor, built with the address and leak sanitizers, doing all that it can.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

[ -x /vm/asan/ipvsdummy-mon ] || skip_all "not in the VM"
modprobe -a ip_vs ip_vs_rr

PATH=/vm/asan:$PATH
export ASAN_OPTIONS=exitcode=99:abort_on_error=0

setup()
{
	guarded_netns
	expect here ipvsadm -A -t 10.1.0.9:80 -s rr
	expect here ipvsadm -a -t 10.1.0.9:80 -r 10.2.0.1 -m
}

# sane CODE COMMAND...: it exits so, and has nothing to report
sane()
{
	local rc=0

	here "${@:2}" >"$tmp/out" 2>"$tmp/err" || rc=$?
	[ $rc = "$1" ] && ! grep -q Sanitizer "$tmp/err" ||
		fail "${*:2}: exit $rc: $(cat "$tmp/err")"
}

test_listing()
{
	setup
	expect vip_add 10.1.0.9/32
	refused "" vip_add 10.1.0.1/32
	sane 1 ipvsdummy-mon --advise
	sane 1 ipvsdummy-mon --json --dev $dev,x --class host,onlink
	sane 2 ipvsdummy-mon --class wrong
	sane 2 ipvsdummy-mon --follow --since x
}

told()
{
	[ "$(tail -n 1 "$tmp/out" | jq .seq)" -ge "$(event_count)" ]
}

test_follow()
{
	local rc=0

	setup
	ip netns exec "$ns" ipvsdummy-mon --follow --json \
		--status "$tmp/status" --metrics "$tmp/metrics" \
		--cursor "$tmp/cursor" --exec /bin/true \
		>"$tmp/out" 2>"$tmp/err" &
	followers+=" $!"
	wait_for joined
	churn 500
	wait_for told
	kill -STOP "${followers##* }"
	churn 12500
	kill -CONT "${followers##* }"
	wait_for told
	grep -q '"lost"' "$tmp/out" || fail "nothing lost?"
	expect here ip link del $dev
	wait_for grep -q unguarded "$tmp/out"
	kill "${followers##* }"
	wait "${followers##* }" || rc=$?
	followers=${followers% *}
	[ $rc = 0 ] && ! grep -q Sanitizer "$tmp/err" ||
		fail "exit $rc: $(cat "$tmp/err")"
}

run_all test_listing test_follow
