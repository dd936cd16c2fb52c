#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=2400
#
# services: kube-proxy in IPVS mode on two nodes whose kube-ipvs0 is an ipvsdummy link,
# with Services whose addresses are a machine's, and others that are fine. The policy
# is the profile for kube-proxy, with all of the subnet refused but a planned pool.
. "$(dirname "$0")/cluster.sh"

nodes="node1 node2"
pool=172.50.60.192/27
pods6="fd44:1::2 fd44:2::2 fd44:3::2"

set_policy_on()
{
	on "$1" ipvsdummyctl set $dev onlink reject &&
		on "$1" ipvsdummyctl rule add $dev $pool allow &&
		on "$1" ipvsdummyctl peer add 172.50.60.11 &&
		on "$1" ipvsdummyctl peer add 172.50.60.12
}

make_services()
{
	service web 80 '{"clusterIP": "10.96.0.80"}'
	service database 3306 '{"externalIPs": ["'$vip'"]}'
	service own 81 '{"externalIPs": ["172.50.60.11"]}'
	service gateway 82 '{"externalIPs": ["172.50.60.1"]}'
	service apiserver 6443 '{"externalIPs": ["'$api_server'"]}'
	service planned 83 '{"externalIPs": ["172.50.60.201"]}'
	service node-port 84 '{"type": "NodePort", "ports": [{"port": 84,
		"targetPort": 8080, "nodePort": 30084}]}'
	service dual 85 '{"ipFamilyPolicy": "RequireDualStack",
		"clusterIP": "10.96.0.85", "clusterIPs": ["10.96.0.85", "fd96::85"]}'
	slice dual IPv6 8080 $pods6
	service balanced 86 '{"type": "LoadBalancer"}'
	patch balanced '{"status": {"loadBalancer": {"ingress":
		[{"ip": "172.50.60.200"}]}}}' /status
}

# Who asks: a node, a pod and a host that is none of them
from_all()
{
	local host rc=0

	for host in node1 node2 pod1 client; do
		"${@//HOST/$host}" || rc=1
	done
	return $rc
}

# What kube-proxy has bound, of what was asked for here
bound_are()
{
	local out

	out=$(ip -n "$1" -j addr show dev $dev |
		jq -r '.[].addr_info[].local' | grep -v '^fe80' | sort | xargs)
	note "$1: bound $out"
	local node=$1 address
	shift
	for address; do
		bound "$node" "$address" || return
	done
	for address in $vip 172.50.60.11 172.50.60.1 $api_server; do
		not bound "$node" "$address" || return
	done
}

# refused_as NODE "EVENT CLASS" ADDRESS
refused_as()
{
	eventually conflict_is "$2" "$1" "$3"
}

refusals()
{
	refused_as node1 "skipped host" 172.50.60.11 &&
		refused_as node2 "rejected onlink" 172.50.60.11 &&
		each refused_as NODE "rejected gateway" 172.50.60.1 &&
		each anothers NODE $vip && each anothers NODE $api_server
}

# anothers NODE ADDRESS: refused as another station's, or as nobody's known
anothers()
{
	eventually eval "conflict $1 $2 |
		grep -xE 'rejected (neigh|onlink)'"
}

api_reached_from()
{
	[ "$(api "$1" GET /readyz)" = ok ]
}

owners_reached()
{
	from_all lands_on db HOST $vip &&
		from_all says "mysql on db" HOST $vip 3306 &&
		from_all lands_on gw HOST 172.50.60.1 &&
		from_all lands_on node1 HOST 172.50.60.11 &&
		from_all api_reached_from HOST
}

# The one that is gone again has no virtual server; klog says when it came and went.
window()
{
	awk -v name="$2" '
	function seconds(text,	part) {
		split(text, part, ":")
		return part[1] * 3600 + part[2] * 60 + part[3]
	}
	/Adding new service/ && index($0, name) { since = seconds($2) }
	/[Dd]elete service/ && since && index($0, address) {
		printf "%.1f\n", 1000 * (seconds($2) - since); since = 0 }
	' address="$3" "$work/$1.kube-proxy"
}

refused_window()
{
	local times

	times=$(window node1 default/database $vip:3306)
	[ -n "$times" ] && not virtual node1 $vip:3306 || {
		grep -E 'database|3306' "$work/node1.kube-proxy" | tail -n 20
		return 1
	}
	note "$(sort -n <<<"$times" | awk '{ t[NR] = $1 } END {
		print "the refused virtual server was there", NR,
		"times, for", t[1], "to", t[NR], "ms" }')"
}

proxy_logs()
{
	grep -E "^E.*(database|$vip)" "$work/node1.kube-proxy" >"$work/errors"
	head -n 2 "$work/errors"
	grep -q "address already in use" "$work/errors"
}

told_services()
{
	grep '^{' "$work/node1.events" | jq -c "select(.services)"
	told node1 '.services != null and .event == "rejected"'
}

no_flapping()
{
	sort "$work/pod1.application" | uniq -c
	grep -q '^pod' "$work/pod1.application" &&
		not grep -v '^pod' "$work/pod1.application"
}

# own_under ACTION: of class host. A sync of kube-proxy finds it so.
own_under()
{
	on node1 ipvsdummyctl set $dev host "$1" || return
	case $1 in
	reject)	eventually not virtual node1 172.50.60.11:81 &&
		eventually conflict_is "rejected host" node1 172.50.60.11 &&
		not bound node1 172.50.60.11 ;;
	flag)	eventually bound node1 172.50.60.11 &&
		eventually conflict_is "flagged host" node1 172.50.60.11 &&
		eventually says pod client 172.50.60.11 81 ;;
	esac
	lands_on node1 client 172.50.60.11 && lands_on node1 pod1 172.50.60.11 &&
		lands_on node1 node2 172.50.60.11
}

# An address of the pool instead of the database's
fix()
{
	patch database '{"spec": {"externalIPs": ["172.50.60.202"]}}' &&
		each eventually bound NODE 172.50.60.202 &&
		from_all eventually says pod HOST 172.50.60.202 3306
}

# A refusal is over when nobody has tried again for five minutes.
resolved()
{
	deadline=$((400 * ${PATIENCE:-1})) eventually conflict_is "" "$1" $vip &&
		told "$1" ".event == \"resolved\" and .address == \"$vip\""
}

# Of kube-vip: the address of the leader's eth0, which it announces
lead()
{
	ip -n "$1" addr add 172.50.60.203/32 dev eth0 &&
		on "$1" arping -q -U -c 1 -I eth0 172.50.60.203
}

follow()
{
	ip -n "$1" addr del 172.50.60.203/32 dev eth0
}

leader_serves()
{
	says pod client 172.50.60.203 87 &&
		ip -n client neigh show to 172.50.60.203 | tee /dev/stderr |
		grep -q "$(mac "$1")"
}

moves()
{
	follow node1
	lead node2 && leader_serves 1
}

skip_unless_vm
make_cluster
each guard NODE
step "policy" each set_policy_on NODE
make_services
each proxy NODE ipvs --feature-gates=IPv6DualStack=true --v=4 \
	--cluster-cidr=10.244.0.0/16,fd44::/16
each eventually serves NODE 10.96.0.80:80
start pod1 application sh -c "while :; do
	socat -u TCP:10.96.0.80:80,connect-timeout=5 - || echo LOST
	sleep 1
done"

step "refused: a host's, a node's, the gateway's, the API server's" refusals
step "bound: ClusterIPs, the planned pool's and the load balancer's" \
	each eventually bound_are NODE 10.96.0.80 10.96.0.85 fd96::85 \
	172.50.60.201 172.50.60.200
step "the owners are reached from nodes, a pod and another host" owners_reached
ip -n client route add 10.96.0.0/16 via 172.50.60.11
ip -n client route add fd96::/108 via fd50:60::11
step "a ClusterIP serves all" from_all says pod HOST 10.96.0.80 80
step "an IPv6 ClusterIP serves all" from_all says pod HOST fd96::85 85
step "an externalIP of the pool serves all" from_all says pod HOST 172.50.60.201 83
step "a load balancer's address serves all" from_all says pod HOST 172.50.60.200 86
step "a node port serves all" from_all says pod HOST 172.50.60.12 30084
step "a node's own address serves all, on that node" \
	eval "says pod node1 172.50.60.11 81 && says pod pod1 172.50.60.11 81 &&
		says pod client 172.50.60.11 81"
step "the monitor knows the Service that was refused" told_services
step "kube-proxy logs that it cannot bind" proxy_logs
step "the refused virtual server comes and goes" refused_window
note "$(grep -c '^E' "$work/node1.kube-proxy") lines E of kube-proxy, of which" \
	"$(wc -l <"$work/errors") about the database's"
step "what is good does not flap" no_flapping

step "host reject: no virtual server, the node stays reachable" own_under reject
step "host flag: bound and served, the node stays reachable" own_under flag
on node1 ipvsdummyctl set $dev host skip

lead node1
service moving 87 '{"type": "LoadBalancer"}'
patch moving '{"status": {"loadBalancer": {"ingress":
	[{"ip": "172.50.60.203"}]}}}' /status
step "a leader's address: it is skipped there" \
	refused_as node1 "skipped host" 172.50.60.203
step "... bound on the follower" eventually bound node2 172.50.60.203
step "... and the leader serves" eventually leader_serves 0
step "the address moves: the new leader serves at once" moves
note "on the new leader it is: $(conflict node2 172.50.60.203)"
step "at its next sync the former leader holds it as a follower" \
	eventually bound node1 172.50.60.203

step "a Service that is fixed is bound and served at the next sync" fix
step "a Service that is deleted leaves nothing" \
	eval "delete gateway && each eventually not virtual NODE 172.50.60.1:82"
step "what was wrong is over five minutes later" \
	each resolved NODE
end
