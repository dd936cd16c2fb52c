#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What IPVS serves on an address is told with its conflict.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

modprobe -a ip_vs ip_vs_rr ip_vs_wrr 2>/dev/null
ipvsadm -L >/dev/null 2>&1 || skip_all "no IPVS"

setup()
{
	guarded_netns
	expect vip_add fd00:1::1/64 w0
}

# services ADDRESS [ARGUMENT...]: what the listing says of it, as JSON
services()
{
	here ipvsdummy-mon --json "${@:2}" |
		jq -c --arg a "$1" 'select(.address == $a) | .services'
}

test_keys()
{
	setup
	expect here ipvsadm -A -t 10.1.0.9:3306 -s wrr
	expect here ipvsadm -a -t 10.1.0.9:3306 -r 10.2.0.1:3307 -m -w 3
	expect here ipvsadm -A -u 10.1.0.9:53 -s rr
	expect here ipvsadm -A -t '[fd00:1::9]:443' -s rr
	expect here ipvsadm -a -t '[fd00:1::9]:443' -r '[fd00:2::1]:8443' -m
	expect here ipvsadm -A -f 1 -s rr
	expect vip_add 10.1.0.9/32
	expect vip_add fd00:1::9/128
	expect vip_add 10.1.0.8/32
	equal '[{"protocol":"tcp","port":3306,"scheduler":"wrr","real_servers":[{"address":"10.2.0.1","port":3307,"weight":3}]},{"protocol":"udp","port":53,"scheduler":"rr","real_servers":[]}]' \
		"$(services 10.1.0.9)" services
	equal '[{"protocol":"tcp","port":443,"scheduler":"rr","real_servers":[{"address":"fd00:2::1","port":8443,"weight":1}]}]' \
		"$(services fd00:1::9)" "services of IPv6"
	equal null "$(services 10.1.0.8)" "an address that serves nothing"
	here ipvsdummy-mon >"$tmp/text"
	grep -q '10.1.0.9 .*tcp 3306 wrr: 10.2.0.1:3307, udp 53 rr$' \
		"$tmp/text" || fail "text: $(cat "$tmp/text")"
	grep -q 'tcp 443 rr: \[fd00:2::1\]:8443$' "$tmp/text" ||
		fail "text: $(cat "$tmp/text")"
}

# kube-proxy makes the service, binds, and takes it away again
test_events()
{
	setup
	follow "$tmp/events"
	expect here ipvsadm -A -t 10.1.0.1:80 -s rr
	refused "" vip_add 10.1.0.1/32
	wait_for saw rejected "$tmp/events" 10.1.0.1
	equal 80 "$(jq '.services[0].port' "$tmp/events")" "port of an event"
	expect here ipvsadm -D -t 10.1.0.1:80
	expect here ip addr del 10.1.0.1/24 dev w0
	wait_for saw "rejected resolved" "$tmp/events" 10.1.0.1
	equal null "$(jq -sc 'last | .services' "$tmp/events")" "gone"
}

test_many()
{
	local i

	setup
	for i in {1..18}; do
		echo "-A -t 10.1.0.9:$i -s rr"
		echo "-a -t 10.1.0.9:1 -r 10.2.0.$i:80 -m"
	done | here ipvsadm -R || fail "ipvsadm"
	expect vip_add 10.1.0.9/32
	equal '[16,2,16,2]' "$(here ipvsdummy-mon --json | jq -c '[
		(.services | length), .services_omitted,
		(.services[0].real_servers | length), .services[0].omitted]')" \
		"what is told and what is not"
	here ipvsdummy-mon | grep -q ' +2, tcp 2 rr.*, +2$' || fail "text"
}

# Without the capability all but the services is told, and that once
test_unprivileged()
{
	setup
	expect here ipvsadm -A -t 10.1.0.9:80 -s rr
	expect vip_add 10.1.0.9/32
	expect vip_add 10.1.0.8/32
	here setpriv --reuid 65534 --regid 65534 --clear-groups \
		ipvsdummy-mon --json >"$tmp/out" 2>"$tmp/err"
	equal "[null,null]" "$(jq -sc 'map(.services)' "$tmp/out")" services
	equal "ipvsdummy-mon: services: not told without CAP_NET_ADMIN" \
		"$(cat "$tmp/err")" "on standard error"
}

test_advice()
{
	setup
	expect here ipvsadm -A -u 10.1.0.9:53 -s rr
	expect vip_add 10.1.0.9/32
	refused "" vip_add 10.1.0.1/32
	here ipvsdummy-mon >"$tmp/text"
	equal "advice: host: advice: onlink: " "$(grep -o '^advice: [a-z]*: ' \
		"$tmp/text" | tr -d '\n')" advice
	here ipvsdummy-mon --advise --class onlink |
		sed -n '/^---/,$p' >"$tmp/manifests"
	equal "Service EndpointSlice" "$(sed -n 's/^kind: //p' \
		"$tmp/manifests" | xargs)" kinds
	equal 2 "$(grep -c '^ *port: 53$' "$tmp/manifests")" ports
	equal 2 "$(grep -c '^ *protocol: UDP$' "$tmp/manifests")" protocols
	grep -q '^- addresses: \["10.1.0.9"\]$' "$tmp/manifests" ||
		fail "no endpoint"
	here ipvsdummy-mon --json | grep -q advice && fail "advice in JSON"
	refused "for the listing" here ipvsdummy-mon --advise --json
}

run_all test_keys test_events test_many test_unprivileged test_advice
