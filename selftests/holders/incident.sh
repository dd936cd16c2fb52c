#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=1500
#
# incident: the VIP of an external MySQL is a Service's externalIP, and kube-proxy is
# restarted into IPVS mode on three nodes; first on a dummy, as it happened, then on an
# ipvsdummy link.
. "$(dirname "$0")/cluster.sh"

lands_on_itself()
{
	lands_on "$1" "$1" $vip
}

mysql_is_lost()
{
	not says "mysql on db" "$1" $vip 3306
}

owner_reached_from()
{
	lands_on db "$1" $vip && says "mysql on db" "$1" $vip 3306
}

iptables_mode()
{
	each proxy NODE iptables
	each eventually in_iptables NODE
}

in_iptables()
{
	on "$1" iptables -t nat -S KUBE-SERVICES | grep -q $vip
}

ipvs_mode()
{
	each stop NODE kube-proxy
	each proxy NODE ipvs
	each eventually serves NODE 10.96.0.80:80
}

restored()
{
	each stop NODE kube-proxy
	each wipe NODE
}

# A third of it each: the database is known by the traffic, it is asked for, and
# nothing of the subnet is bound at all.
set_policies()
{
	start node1 application sh -c "while :; do
		socat -u TCP:$vip:3306,connect-timeout=5 - || echo LOST
		sleep 1
	done"
	on node2 ipvsdummyctl set $dev onlink verify &&
		on node3 ipvsdummyctl set $dev onlink reject
}

refused_on()
{
	eventually told "$1" ".event == \"rejected\" and .address == \"$vip\"" &&
		not bound "$1" $vip
}

# By whatever was the reason: on node3 none is needed but the subnet.
event_on()
{
	local class=neigh

	[ "$1" != node3 ] || class='(neigh|onlink)'
	grep '^{' "$work/$1.events" | jq -c "select(.address == \"$vip\")"
	eventually eval "conflict $1 $vip | grep -xE 'rejected $class'" &&
		told "$1" ".address == \"$vip\" and .dev == \"$dev\" and
			.match_dev == \"eth0\" and (.class == \"onlink\" or
			.class == \"neigh\" and .lladdr == \"$(mac 3)\")"
}

logged_on_all()
{
	[ "$(dmesg | grep -c "ipvsdummy: $dev: rejected $vip: ")" -ge 3 ]
}

application_lost_nothing()
{
	sort "$work/node1.application" | uniq -c
	grep -q "mysql on db" "$work/node1.application" &&
		not grep -v "mysql on db" "$work/node1.application"
}

# The way out: no externalIP, and a Service whose endpoint is the owner
fix()
{
	delete mysql
	api client POST $core '{"apiVersion": "v1", "kind": "Service", "metadata":
		{"name": "mysql"}, "spec": {"clusterIP": "10.96.0.33",
		"ports": [{"port": 3306}]}}' >/dev/null &&
		slice mysql IPv4 3306 $vip &&
		each eventually says "mysql on db" NODE 10.96.0.33 3306
}

skip_unless_vm
make_cluster
service web 80 '{"clusterIP": "10.96.0.80"}'
service mysql 3306 '{"clusterIP": "10.96.0.33", "externalIPs": ["'$vip'"]}'

iptables_mode
step "iptables mode: every node reaches the owner by ssh and mysql" \
	each owner_reached_from NODE

each ip -n NODE link add $dev type dummy
ipvs_mode
step "IPVS mode on dummy: every node takes the VIP" \
	each eventually bound NODE $vip
step "IPVS mode on dummy: ssh lands on the node itself" each lands_on_itself NODE
step "IPVS mode on dummy: no node reaches the owner's mysql" each mysql_is_lost NODE
step "IPVS mode on dummy: four stations answer for the VIP" \
	answered_by "0 1 2 3" client $vip

restored
iptables_mode
each guard NODE
set_policies
step "iptables mode again: every node reaches the owner" each owner_reached_from NODE
ipvs_mode
step "IPVS mode on ipvsdummy: every node refuses the VIP" each refused_on NODE
step "ssh and mysql reach the owner from every node" each owner_reached_from NODE
step "the event on every node" each event_on NODE
step "the kernel log says so for every node" logged_on_all
step "they reach the owner from a pod" owner_reached_from pod1
step "they reach the owner from another host" owner_reached_from client
step "the owner alone answers for the VIP" answered_by 3 client $vip
step "what is no conflict is served on every node" \
	each says pod NODE 10.96.0.80 80
step "after another sync they still reach the owner" each owner_reached_from NODE
step "an application that asks every second lost nothing" application_lost_nothing
step "a Service whose endpoint is the owner works on every node" fix
end
