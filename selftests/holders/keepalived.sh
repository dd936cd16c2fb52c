#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=holders nics=6 timeout=900
#
# keepalived: two directors share a VIP by VRRP, each on an ipvsdummy link, and check
# two real servers, which hold it on one, too. A third machine takes it by mistake.
#
#   lb1 .11     lb2 .12     third .13    real1 .21   real2 .22    client .30
#   vip0: VRRP  vip0: VRRP               vip0: VIP   vip0: VIP
#     |           |           |            |           |            |
#   --+-----------+-----------+------------+-----------+------------+--
. "$(dirname "$0")/common.sh"

vip=172.50.60.180
nodes="lb1 lb2"
servers="real1 real2"

# configuration PRIORITY. keepalived announces an address on the link that it is on,
# where nobody hears it: who takes it says so on eth0.
configuration()
{
	cat <<-END
	vrrp_instance mysql {
		state BACKUP
		interface eth0
		virtual_router_id 60
		priority $1
		advert_int 1
		virtual_ipaddress {
			$vip/32 dev vip0
		}
		notify_master "/usr/bin/arping -q -U -c 2 -I eth0 $vip" root
	}
	virtual_server $vip 80 {
		delay_loop 1
		lb_algo rr
		lb_kind DR
		protocol TCP
		real_server 172.50.60.21 80 {
			TCP_CHECK {
				connect_timeout 3
			}
		}
		real_server 172.50.60.22 80 {
			TCP_CHECK {
				connect_timeout 3
			}
		}
	}
	END
}

# director NAME PRIORITY PEER
director()
{
	ip -n "$1" link add vip0 type ipvsdummy
	ip -n "$1" link set vip0 up
	on "$1" ipvsdummyctl sync vip0 \
		/usr/share/ipvsdummy/profiles/keepalived.conf >/dev/null
	on "$1" ipvsdummyctl peer add "$3"
	follow_events "$1"
	configuration "$2" >"$work/$1.conf"
	keepalived_on "$1"
}

keepalived_on()
{
	start "$1" keepalived keepalived --dont-fork --log-console --log-detail \
		--use-file "$work/$1.conf" --pid "$work/$1.pid" \
		--vrrp_pid "$work/$1.vrrp" --checkers_pid "$work/$1.checkers"
}

master()
{
	bound "$1" $vip vip0
}

# pool HOST ADDRESS...: the real servers of IPVS there
pool()
{
	local host=$1
	shift

	[ "$(on "$host" ipvsadm -Ln -t $vip:80 | awk '/->.*Route/ { print $2 }' |
		sort | xargs)" = "$*" ]
}

served_by()
{
	local i out=''

	for i in 1 2 3 4; do
		out+="$(ask client $vip 80)"$'\n'
	done
	printf '%s' "$out"
	[ "$(sort <<<"$out" | xargs)" = "$1" ]
}

# no_conflict: nothing of warning or more was told by anybody
no_conflict()
{
	jq -c 'select(.severity == "warning" or .severity == "critical")' \
		"$work"/lb?.events | tee "$work/conflicts"
	[ ! -s "$work/conflicts" ]
}

# The third takes it as interfaces scripts do, and says so.
take()
{
	ip -n third addr add $vip/32 dev eth0
	taken=$(date +%s%3N)
	on third arping -q -U -c 1 -I eth0 $vip
	eventually told "$1" ".address == \"$vip\" and .lladdr == \"$(mac 2)\""
}

reported_within_a_second()
{
	local time

	time=$(grep '^{' "$work/$1.events" | jq -r --arg m "$(mac 2)" \
		'select(.lladdr == $m).time' | head -n 1)
	late=$(($(date -d "$time" +%s%3N) - taken))
	echo "$late ms"
	((late < 1000 * ${PATIENCE:-1}))
}

gone()
{
	ip -n third addr del $vip/32 dev eth0
	on "$1" ipvsdummy-mon
}

skip_unless_vm
modprobe -a ip_vs ip_vs_rr
host lb1 0 11
host lb2 1 12
host third 2 13
host real1 3 21
host real2 4 22
host client 5 30
for node in $servers; do
	serve $node 80 $node
	ip -n $node link add vip0 type ipvsdummy
	on $node ipvsdummyctl sync vip0 \
		/usr/share/ipvsdummy/profiles/lvs-dr.conf >/dev/null
	ip -n $node addr add $vip/32 dev vip0
done
director lb1 150 172.50.60.12
director lb2 100 172.50.60.11

step "the one of higher priority takes the VIP" eventually master lb1
step "the other one does not have it" not master lb2
step "both check both servers" each eventually pool NODE \
	172.50.60.21:80 172.50.60.22:80
step "the master alone answers ARP" answered_by 0 client $vip
step "both servers are reached" served_by "real1 real1 real2 real2"

stop real1 server-80
step "a server that dies is taken out" each eventually pool NODE 172.50.60.22:80
step "the other one serves" served_by "real2 real2 real2 real2"
serve real1 80 real1
step "it comes back" each eventually pool NODE 172.50.60.21:80 172.50.60.22:80

stop lb1 keepalived
step "keepalived ends: the other machine takes the VIP" eventually master lb2
step "it alone answers ARP" answered_by 1 client $vip
step "both servers are reached through it" served_by "real1 real1 real2 real2"
keepalived_on lb1
step "keepalived starts: the VIP comes back" eventually master lb1
step "... and has left the other one" eventually not master lb2
ip -n lb1 link set eth0 down
step "a machine fails: the other one takes the VIP" eventually master lb2
step "both servers are reached again" served_by "real1 real1 real2 real2"
ip -n lb1 link set eth0 up
step "the machine is back: the VIP, too" eventually master lb1
step "... and both servers" eventually served_by "real1 real1 real2 real2"
step "in all that no conflict was told" no_conflict

step "a third machine that takes the VIP is told" take lb1
step "... within a second" reported_within_a_second lb1
note "told after ${late:--} ms"
step "... and when it is gone, so is the conflict" eventually gone lb1
end
