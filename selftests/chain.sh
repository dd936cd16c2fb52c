#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# From a bind to the pager and back: a node with IPVS services, as kube-proxy makes
# them, a conflict, and all that hears of it.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

[ -x /vm/vip-conflict ] || skip_all "not in the VM"
modprobe -a ip_vs ip_vs_rr

# plugin EXIT LINE: what node-problem-detector gets to know
plugin()
{
	local rc=0 out

	out=$(/vm/vip-conflict "$tmp/status.json") || rc=$?
	[ "$rc $out" = "$1 $2" ]
}

test_chain()
{
	local refused="kube-ipvs0: rejected 10.1.0.1: host, address of w0"
	local conflict='ipvsdummy_conflicts{dev="kube-ipvs0",class="host",action="reject",severity="critical",would=""} 1'

	guarded_netns
	touch "$tmp/journal"
	ip netns exec "$ns" \
		env JOURNAL_STREAM="$(stat -c %d:%i "$tmp/journal")" \
		ipvsdummy-mon --follow --status "$tmp/status.json" \
		--metrics "$tmp/metrics" >"$tmp/journal" &
	followers+=" $!"
	wait_for plugin 0 "no address in conflict"

	expect here ipvsadm -A -t 10.1.0.1:3306 -s rr
	expect here ipvsadm -a -t 10.1.0.1:3306 -r 10.2.0.1 -m
	refused "" vip_add 10.1.0.1/32
	wait_for plugin 1 "$refused"
	grep -qE '^<3>.* rejected .* 10.1.0.1 .* address of w0 +tcp 3306 rr: 10.2.0.1:3306$' \
		"$tmp/journal" || fail "journal: $(cat "$tmp/journal")"
	wait_for grep -qxF "$conflict" "$tmp/metrics"
	equal '[1,1]' "$(jq -c '[.exit, .conflicts.critical]' \
		"$tmp/status.json")" status

	expect here ip addr del 10.1.0.1/24 dev w0
	wait_for plugin 0 "no address in conflict"
	grep -qE '^<5>.* resolved .* 10.1.0.1 ' "$tmp/journal" ||
		fail "journal: $(cat "$tmp/journal")"
	! grep -qF 'ipvsdummy_conflicts{' "$tmp/metrics" || fail "metrics"
}

run_all test_chain
