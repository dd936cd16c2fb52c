# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A cluster of three nodes, and the hosts around it:
#
#   node1 .11   node2 .12   node3 .13   db .20, .105   client .30   gw .1   API .4
#     |           |           |            |              |           |       |
#   --+-----------+-----------+------------+--------------+-----------+-------+--
#                                                             172.50.60.0/24
#
# Each node has a pod, 10.244.N.2, that serves on port 8080. The API server and etcd
# run on the machine that the VM runs on. No controllers: a Service's EndpointSlices
# are made here. IPVS, netfilter, kube-ipvs0 and its policy are each namespace's own.

. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"

nodes="node1 node2 node3"
vip=172.50.60.105
api_server=172.50.60.4
pods4="10.244.1.2 10.244.2.2 10.244.3.2"

make_cluster()
{
	local i j

	[ -r /root/kube/token ] || skip_all "no API server"
	for i in 1 2 3; do
		host node$i $((i - 1)) 1$i
		on node$i sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
	host db 3 20
	ip -n db addr add $vip/32 dev eth0
	host client 4 30
	host gw 5 1
	for i in $nodes db client; do
		ip -n "$i" route add default via 172.50.60.1
	done
	for i in 1 2 3; do
		pod node$i $i
		for j in $nodes gw db client; do
			[ $j != node$i ] || continue
			ip -n $j route add 10.244.$i.0/24 via 172.50.60.1$i
			ip -n $j route add fd44:$i::/64 via fd50:60::1$i
		done
		serve_ssh node$i
	done
	serve_ssh db
	serve_ssh gw
	serve db 3306 "mysql on db"
	eventually api client GET /readyz
}

# api HOST METHOD PATH [BODY]: what the API server says to a host
api()
{
	on "$1" curl -sS --fail-with-body --connect-timeout 5 --max-time 30 \
		--cacert /root/kube/apiserver.crt \
		--connect-to "127.0.0.1:6443:$api_server:6443" \
		-H "Authorization: Bearer $(cat /root/kube/token)" \
		-H "Content-Type: ${type:-application/json}" -X "$2" \
		${4:+--data-binary "$4"} "https://127.0.0.1:6443$3"
}

core=/api/v1/namespaces/default/services
slices=/apis/discovery.k8s.io/v1beta1/namespaces/default/endpointslices

# slice SERVICE FAMILY PORT ADDRESS...: its endpoints
slice()
{
	local body

	body=$(jq -nc --arg name "$1" --arg family "$2" --argjson port "$3" '{
		apiVersion: "discovery.k8s.io/v1beta1", kind: "EndpointSlice",
		metadata: {name: "\($name)-\($family | ascii_downcase)",
			labels: {"kubernetes.io/service-name": $name}},
		addressType: $family,
		ports: [{name: "", port: $port, protocol: "TCP"}],
		endpoints: [$ARGS.positional[] |
			{addresses: [.], conditions: {ready: true}}]}' \
		--args "${@:4}")
	api client POST $slices "$body" >/dev/null
}

# service NAME PORT SPEC: a Service of that port, whose backends are the pods; SPEC
# is JSON, what else it has
service()
{
	local body

	body=$(jq -nc --arg name "$1" --argjson port "$2" --argjson more "$3" '{
		apiVersion: "v1", kind: "Service", metadata: {name: $name},
		spec: ({ports: [{port: $port, targetPort: 8080}]} + $more)}')
	api client POST $core "$body" >/dev/null &&
		slice "$1" IPv4 8080 $pods4
}

# patch NAME JSON [/status]
patch()
{
	type=application/merge-patch+json \
		api client PATCH "$core/$1${3:-}" "$2" >/dev/null
}

delete()
{
	api client DELETE "$core/$1" >/dev/null
	api client DELETE "$slices?labelSelector=kubernetes.io/service-name=$1" \
		>/dev/null
}

# proxy NODE MODE [FLAG...]: kube-proxy there
proxy()
{
	local node=$1 mode=$2
	shift 2

	start "$node" kube-proxy kube-proxy --kubeconfig=/root/kube/config \
		--proxy-mode="$mode" --hostname-override="$node" \
		--bind-address="172.50.60.1${node#node}" \
		--cluster-cidr=10.244.0.0/16 --conntrack-max-per-core=0 \
		--conntrack-tcp-timeout-established=0s \
		--conntrack-tcp-timeout-close-wait=0s --v=2 "$@"
}

# guard NODE: the link that kube-proxy is to find there, and who listens
guard()
{
	ip -n "$1" link add $dev type ipvsdummy
	follow_events "$1"
	on "$1" ipvsdummyctl sync $dev \
		/usr/share/ipvsdummy/profiles/kube-proxy.conf >/dev/null
}

# serves NODE ADDRESS:PORT: IPVS has a virtual server for it, with real servers
serves()
{
	on "$1" ipvsadm -Ln -t "$2" | grep -q -- '->.*Masq'
}

# virtual NODE ADDRESS:PORT: it has one, with or without
virtual()
{
	on "$1" ipvsadm -Ln -t "$2" >/dev/null 2>&1
}

# What a node's kube-proxy and IPVS leave, as a person would clean up
wipe()
{
	on "$1" ipvsadm -C
	ip -n "$1" link del $dev 2>/dev/null
	on "$1" sh -c 'iptables-save -t nat | grep -q KUBE &&
		for t in nat filter mangle; do iptables -t $t -F; iptables -t $t -X
		done; ipset destroy' 2>/dev/null
	true
}
