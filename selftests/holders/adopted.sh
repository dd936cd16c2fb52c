#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=1500
#
# adopted: kube-proxy made a dummy of its own, and took the VIP of a database. The link
# becomes an ipvsdummy one under its hands, and the VIP goes back to its owner.
. "$(dirname "$0")/cluster.sh"

nodes=node1

adopt()
{
	on node1 ipvsdummyctl adopt $dev && bound node1 $vip &&
		bound node1 10.96.0.80 &&
		eventually conflict_is "flagged neigh" node1 $vip
}

enforce()
{
	on node1 ipvsdummyctl set $dev mode enforce onlink reject host skip &&
		on node1 ipvsdummyctl evict $dev neigh onlink &&
		not bound node1 $vip
}

# A Service that is new makes kube-proxy look at all of them.
synced()
{
	service new 90 '{"clusterIP": "10.96.0.90"}' &&
		eventually serves node1 10.96.0.90:90 &&
		eventually conflict_is "rejected neigh" node1 $vip &&
		not bound node1 $vip && not virtual node1 $vip:3306
}

owner_reached()
{
	lands_on db node1 $vip && says "mysql on db" node1 $vip 3306
}

lost_nothing()
{
	sort "$work/pod1.application" | uniq -c
	grep -q '^pod' "$work/pod1.application" &&
		not grep -v '^pod' "$work/pod1.application"
}

skip_unless_vm
make_cluster
service web 80 '{"clusterIP": "10.96.0.80"}'
service mysql 3306 '{"externalIPs": ["'$vip'"]}'
each proxy NODE ipvs
eventually serves node1 10.96.0.80:80
eventually bound node1 $vip
start pod1 application sh -c "while :; do
	socat -u TCP:10.96.0.80:80,connect-timeout=5 - || echo LOST
	sleep 1
done"
follow_events node1

step "kube-proxy's dummy has taken the VIP" lands_on node1 node1 $vip
step "it is adopted, and what is bound stays" adopt
step "kube-proxy serves on, and binds what is new" \
	eval "service more 91 '{\"clusterIP\": \"10.96.0.91\"}' &&
		eventually serves node1 10.96.0.91:91 && bound node1 10.96.0.91 &&
		says pod node1 10.96.0.91 91"
step "enforced and evicted, the VIP is gone" enforce
step "the owner is reached again" owner_reached
step "at its next sync kube-proxy is refused it" synced
step "the owner is still reached" owner_reached
step "a pod that asks a Service every second lost nothing" lost_nothing
end
