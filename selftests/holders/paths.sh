#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=1500
#
# paths: which chains the first packet to a Service meets on a node, as nftables traces
# it; docs/paths.md draws them. `make check-holders SCENARIOS=paths` prints each.
. "$(dirname "$0")/cluster.sh"

nodes=node1

# tracer NODE: every SYN to a Service's port is traced there, from the first hook on
tracer()
{
	on "$1" nft -f - <<-END
	table inet watch {
		chain first {
			type filter hook prerouting priority -400;
			tcp dport { 80, 83, 30084 } tcp flags syn meta nftrace set 1
		}
		chain own {
			type filter hook output priority -400;
			tcp dport { 80, 83, 30084 } tcp flags syn meta nftrace set 1
		}
	}
	END
	start "$1" trace nft monitor trace
}

# chains: of the first packet in the trace, each once, in order
chains()
{
	awk '/^trace id/ && !id { id = $3 }
		$1 == "trace" && $3 == id && $5 != "watch" {
			name = $5 "/" $6
			if (!(name in seen))
				printf "%s%s", seen_any++ ? " " : "", name
			seen[name] = 1
		}' "$work/node1.trace"
}

# path HOST ADDRESS PORT CHAIN...: what a packet meets, with these in this order
path()
{
	local host=$1 address=$2 port=$3 out wanted
	shift 3

	: >"$work/node1.trace"
	says pod "$host" "$address" "$port" || return
	eventually test -s "$work/node1.trace"
	out=$(chains)
	echo "$host to $address:$port: $out" >>"$work/paths"
	wanted=$(printf '%s.*' "$@")
	grep -qE "$wanted" <<<"$out" || {
		echo "$out"
		return 1
	}
}

# The ipset decides what is marked; the virtual server decides where it goes.
ipset_translates_nothing()
{
	on node1 iptables-save -t nat | grep -E 'KUBE-(CLUSTER-IP|EXTERNAL-IP)' |
		tee /dev/stderr | not grep -q DNAT &&
		not grep -q DNAT <(on node1 iptables-save -t nat)
}

# The local route is there with the link down, and with it up
local_route()
{
	ip -n node1 link set $dev "$1"
	ip -n node1 route get 10.96.0.80 | tee /dev/stderr | grep -q '^local' &&
		says pod node1 10.96.0.80 80
}

# A NOARP link answers, up or down: its flag is about the link's own frames
noarp_answers()
{
	ip -n node1 link set $dev "$1"
	ip -n node1 -o link show $dev | tee /dev/stderr | grep -q NOARP &&
		answered_by 0 client 172.50.60.201
}

skip_unless_vm
make_cluster
guard node1
on node1 ipvsdummyctl rule add $dev 172.50.60.192/27 allow
service web 80 '{"clusterIP": "10.96.0.80"}'
service planned 83 '{"externalIPs": ["172.50.60.201"]}'
service node-port 84 '{"type": "NodePort", "ports": [{"port": 84,
	"targetPort": 8080, "nodePort": 30084}]}'
proxy node1 ipvs
eventually serves node1 10.96.0.80:80
eventually serves node1 172.50.60.201:83
ip -n client route add 10.96.0.0/16 via 172.50.60.11
tracer node1

step "ClusterIP, from the node" path node1 10.96.0.80 80 \
	nat/OUTPUT nat/KUBE-SERVICES nat/KUBE-MARK-MASQ nat/POSTROUTING
step "ClusterIP, from a pod" path pod1 10.96.0.80 80 \
	nat/PREROUTING nat/KUBE-SERVICES filter/INPUT filter/KUBE-FIREWALL \
	nat/POSTROUTING
step "ClusterIP, from outside" path client 10.96.0.80 80 \
	nat/PREROUTING nat/KUBE-SERVICES nat/KUBE-MARK-MASQ filter/INPUT \
	nat/POSTROUTING nat/KUBE-POSTROUTING
step "externalIP, from the node" path node1 172.50.60.201 83 \
	nat/OUTPUT nat/KUBE-SERVICES nat/KUBE-MARK-MASQ nat/POSTROUTING
step "externalIP, from a pod" path pod1 172.50.60.201 83 \
	nat/PREROUTING nat/KUBE-SERVICES nat/KUBE-MARK-MASQ filter/INPUT
step "externalIP, from outside" path client 172.50.60.201 83 \
	nat/PREROUTING nat/KUBE-SERVICES nat/KUBE-MARK-MASQ filter/INPUT
step "nodePort, from outside" path client 172.50.60.11 30084 \
	nat/PREROUTING nat/KUBE-SERVICES nat/KUBE-NODE-PORT nat/KUBE-MARK-MASQ \
	filter/INPUT
step "nodePort, from a pod" path pod1 172.50.60.11 30084 \
	nat/PREROUTING nat/KUBE-SERVICES nat/KUBE-NODE-PORT nat/KUBE-MARK-MASQ
sed 's/^/# /' "$work/paths"
step "no rule of kube-proxy's translates an address" ipset_translates_nothing
step "link down: the route is local, and the Service serves" local_route down
step "link up: the same" local_route up
step "link up and NOARP: the node answers ARP for the VIP" noarp_answers up
step "link down and NOARP: it does, too" noarp_answers down
end
