#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=600
#
# lvs-dr: a director and two real servers of direct routing, which hold the director's
# addresses; first on ipvsdummy links, then on dummies. Nobody sets arp_ignore or
# arp_announce.
#
#   director .11      real1 .12        real2 .13        client .30
#   the VIPs, eth0    the VIPs, vip0   the VIPs, vip0
#     |                 |                |                |
#   --+-----------------+----------------+----------------+--
. "$(dirname "$0")/common.sh"

vip4=172.50.60.150
vip6=fd50:60::150
nodes="real1 real2"

# real_servers KIND: with the VIPs on a link of that kind
real_servers()
{
	local node

	for node in $nodes; do
		ip -n $node link add vip0 type "$1"
		[ "$1" = dummy ] || on $node ipvsdummyctl sync vip0 \
			/usr/share/ipvsdummy/profiles/lvs-dr.conf || return
		ip -n $node link set vip0 up
		ip -n $node addr add $vip4/32 dev vip0 &&
			ip -n $node addr add $vip6/128 dev vip0 || return
	done
}

direct()
{
	local vip=$1 node
	shift

	on director ipvsadm -A -t "$vip:80" -s rr
	for node; do
		on director ipvsadm -a -t "$vip:80" -r "$node:80" -g
	done
}

# both_serve ADDRESS: of four connections each server has two
both_serve()
{
	local i out=''

	for i in 1 2 3 4; do
		out+="$(ask client "$1" 80)"$'\n'
	done
	printf '%s' "$out"
	[ "$(sort <<<"$out" | xargs)" = "real1 real1 real2 real2" ]
}

# directed PACKETS ADDRESS: what the director has had for it
directed()
{
	on director ipvsadm -Ln --stats --exact -t "$1" |
		awk '/^TCP/ { print $3 }'
}

# has_directed SERVICE CONNECTIONS: IPVS counts them every 2 s
has_directed()
{
	[ "$(directed "$1")" = "$2" ]
}

# All that the client asks for goes by the director, these four connections as the four
# before, though the servers have just asked for the client's station to answer it.
stays_directed()
{
	each ip -n NODE neigh flush dev eth0
	both_serve "$2" && eventually has_directed "$1:80" 8 &&
		ip -n client neigh show to "$2" dev eth0 |
		tee /dev/stderr | grep -q "$(mac 0)"
}

# solicited: who answers Neighbor Solicitations for the IPv6 address
solicited()
{
	local heard=$work/heard

	start client listen ../send-frame eth0 listen
	eventually grep -q listening "$work/client.listen"
	ip -n client neigh flush dev eth0
	on client ping -6 -c 1 -W 10 $vip6 >/dev/null
	stop client listen
	grep "^na.*$vip6" "$work/client.listen" | tee "$heard"
	[ "$(grep -oE "$(mac 0)|$(mac 1)|$(mac 2)" "$heard" | sort -u)" = \
		"$(mac 0)" ]
}

untouched()
{
	local node

	for node in $nodes; do
		[ "$(on $node sh -c 'cat /proc/sys/net/ipv4/conf/*/arp_ignore \
			/proc/sys/net/ipv4/conf/*/arp_announce' |
			sort -u)" = 0 ] || return
	done
}

# What a client sends to the station that answered last
bypassed()
{
	local before

	before=$(directed "$vip4:80")
	ip -n client neigh replace $vip4 lladdr "$(mac 1)" dev eth0
	ask client $vip4 80
	[ "$(directed "$vip4:80")" -eq "$before" ]
}

quiet_on()
{
	on "$1" ipvsdummy-mon
}

skip_unless_vm
cd "$(dirname "$(readlink -f "$0")")" || exit 1
modprobe ip_vs
host director 0 11
host real1 1 12
host real2 2 13
host client 4 30
ip -n director addr add $vip4/32 dev eth0
ip -n director addr add $vip6/128 dev eth0 nodad
direct $vip4 172.50.60.12 172.50.60.13
direct "[$vip6]" "[fd50:60::12]" "[fd50:60::13]"
for node in $nodes; do
	serve $node 80 $node
done

step "real servers hold the VIPs on ipvsdummy" real_servers ipvsdummy
step "the director alone answers ARP" answered_by 0 client $vip4
step "the director alone answers Neighbor Solicitations" solicited
step "both servers are reached, IPv4" both_serve $vip4
step "both servers are reached, IPv6" both_serve $vip6
step "all goes by the director, IPv4" stays_directed $vip4 $vip4
step "all goes by the director, IPv6" stays_directed "[$vip6]" $vip6
step "no server has a conflict" each quiet_on NODE
step "no sysctl was set for it" untouched

each ip -n NODE link del vip0
step "the same on dummies" real_servers dummy
step "dummy: director and both servers answer ARP" answered_by "0 1 2" client $vip4
step "dummy: who hears a server last passes the director by" bypassed
end
