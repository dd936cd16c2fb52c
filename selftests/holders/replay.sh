#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=600
#
# replay: what kube-router, MetalLB, k3s and k0s ask the kernel for, in their order,
# without them. From their sources: kube-router's pkg/controllers/proxy/linux_networking.go
# (ipAddrAdd) and network_services_controller.go, MetalLB's internal/layer2/arp.go, k3s'
# ServiceLB, which gives a Service the addresses of the nodes.
#
#   node .11              other .12            db .20, .105       client .30
#     |                     |                    |                  |
#   --+---------------------+--------------------+------------------+--
. "$(dirname "$0")/common.sh"

router=kube-dummy-if
vip=172.50.60.105
pool=172.50.60.200
profiles=/usr/share/ipvsdummy/profiles

sync_policy()
{
	on node ipvsdummyctl sync "$1" "$profiles/$2.conf" >/dev/null
}

# kube_router ADDRESS PORT: a Service, as kube-router sets it up. "File exists" is no
# error to it; after any other it leaves the Service alone until the next sync.
kube_router()
{
	local out

	out=$(ip -n node addr add "$1/32" dev $router scope link 2>&1) ||
		[[ $out == *"File exists"* ]] || {
		echo "$out"
		return 1
	}
	ip -n node route replace local "$1" dev $router table local proto kernel \
		scope host src 172.50.60.11 || return
	virtual_server "$1" "$2"
}

virtual_server()
{
	on node ipvsadm -A -t "$1:$2" -s rr 2>/dev/null ||
		on node ipvsadm -E -t "$1:$2" -s rr || return
	on node ipvsadm -a -t "$1:$2" -r 10.244.1.2:8080 -m 2>/dev/null
	true
}

# kube_proxy ADDRESS PORT: as kube-proxy does, the virtual server first; that goes
# again if the address cannot be bound.
kube_proxy()
{
	virtual_server "$1" "$2"
	ip -n node addr add "$1/32" dev $dev || {
		on node ipvsadm -D -t "$1:$2"
		return 1
	}
}

has_server()
{
	on node ipvsadm -Ln -t "$1" >/dev/null 2>&1
}

refused_by()
{
	local holder=$1
	shift

	not "$holder" "$@" && not has_server "$1:$2"
}

router_adopts()
{
	ip -n node link add $router type ipvsdummy && sync_policy $router kube-router &&
		not ip -n node link add $router type dummy
}

router_serves()
{
	kube_router 10.96.0.80 80 && says pod node 10.96.0.80 80 &&
		says pod client 10.96.0.80 80
}

# The kernel's own route gives way to the one with the node's address.
router_source()
{
	ip -n node route get 10.96.0.80 | tee /dev/stderr |
		grep -q "^local .*src 172.50.60.11 "
}

owner_reached()
{
	says "mysql on db" "$1" $vip 3306
}

# Who has a neighbour entry that is REACHABLE knows the owner.
router_refused()
{
	owner_reached node && refused_by kube_router $vip 3306 &&
		owner_reached node && owner_reached client &&
		conflict_is "rejected neigh" node $vip
}

# announce HOST ADDRESS: as a speaker does, by a raw socket
announce()
{
	on "$1" "$send_frame" eth0 arp spa "$2" tpa "$2"
}

# Nobody but the speaker answers: kube-proxy wants strictARP for that; the link can
# do it alone.
metallb_follower()
{
	on node ipvsdummyctl set $dev arp-reply never &&
		on node ipvsdummyctl rule add $dev 172.50.60.192/27 allow &&
		kube_proxy $pool 80 && announce other $pool &&
		not on client arping -b -c 2 -w 3 -I eth0 $pool &&
		conflict_is "" node $pool
}

# The leader is gone, and this node's speaker takes over.
metallb_takes_over()
{
	ip -n client neigh replace $pool lladdr "$(mac 1)" nud reachable dev eth0
	announce node $pool &&
		eventually eval "ip -n client neigh show to $pool |
			grep -q $(mac 0)" &&
		says pod client $pool 80 && conflict_is "" node $pool
}

metallb_told()
{
	on node ipvsdummyctl rule del $dev 172.50.60.192/27 &&
		announce other $pool &&
		eventually conflict_is "flagged neigh" node $pool
}

metallb_peer()
{
	on node ipvsdummyctl peer add 172.50.60.12 &&
		eventually conflict_is "flagged onlink" node $pool
}

k3s_rejected()
{
	on node ipvsdummyctl set $dev host reject &&
		refused_by kube_proxy 172.50.60.11 443
}

k0s()
{
	ip -n node link del dummyvip0 && ip -n node link add dummyvip0 type dummy &&
		eventually told node '.event == "unguarded" and
			.dev == "dummyvip0" and (.message | test("dummy$"))'
}

skip_unless_vm
modprobe -a ip_vs ip_vs_rr
send_frame=$(readlink -f "$(dirname "$(readlink -f "$0")")/../send-frame")
host node 0 11
host other 1 12
host db 3 20
host client 4 30
ip -n db addr add $vip/32 dev eth0
serve db 3306 "mysql on db"
on node sysctl -qw net.ipv4.ip_forward=1
pod node 1
ip -n client route add 10.96.0.0/16 via 172.50.60.11
ip -n client route add 10.244.0.0/16 via 172.50.60.11
ip -n node link add dummyvip0 type ipvsdummy
follow_events node

step "kube-router finds its link and makes no other" router_adopts
step "kube-router: a ClusterIP is bound and served" router_serves
step "kube-router: the node's own address stays the source" router_source
step "kube-router: another sync changes nothing" kube_router 10.96.0.80 80
step "kube-router: the database's VIP is refused, and left to its owner" router_refused
step "kube-router: the node's own address is refused" \
	refused_by kube_router 172.50.60.11 81

ip -n node link add $dev type ipvsdummy
sync_policy $dev kube-proxy
step "MetalLB: a follower holds an address of the pool, and is silent" metallb_follower
step "MetalLB: it takes over, and serves" metallb_takes_over
step "MetalLB: without a rule for the pool, the leader is told as its owner" \
	metallb_told
step "MetalLB: with the nodes as peers, it is not" metallb_peer

step "k3s: with host reject a node's address is not served" k3s_rejected

step "k0s: a link that comes again as another kind is told" k0s
end
