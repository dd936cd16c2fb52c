#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=load nics=2 timeout=600
#
# adopt and release of a link with many VIPs, under load, while its holder is at
# work: no packet is lost, and no address either.
#
#   netns $client: c0 10.9.0.2/24 --- netns $ns: w1 10.9.0.1/24
#                                     kube-ipvs0 (dummy): VIPs of 10.200.0.0/16
#                                     w2 10.8.0.1/24 --- netns $server: s0
#                                                        10.8.0.2/24
. "$(dirname "$0")/adopt-common.sh"

vip()
{
	echo "10.200.$(($1 / 250)).$((1 + $1 % 250))"
}

# vip_batch COUNT LINK
vip_batch()
{
	seq 0 $(($1 - 1)) | awk -v dev="$2" '{
		printf "addr add 10.200.%d.%d/32 dev %s\n",
			$1 / 250, 1 + $1 % 250, dev }'
}

# join NAME ADDRESS PEER-NETNS PEER ADDRESS: a veth between two namespaces
join()
{
	expect ip -n "$ns" link add "$1" type veth peer name "$4" netns "$3"
	expect ip -n "$ns" addr add "$2" dev "$1"
	expect ip -n "$ns" link set "$1" up
	expect ip -n "$3" addr add "$5" dev "$4"
	expect ip -n "$3" link set "$4" up
}

topology()
{
	new_netns
	client=$ns
	new_netns
	server=$ns
	new_netns
	join w1 10.9.0.1/24 "$client" c0 10.9.0.2/24
	join w2 10.8.0.1/24 "$server" s0 10.8.0.2/24
	expect ip -n "$client" route add 10.200.0.0/16 via 10.9.0.1
	expect ip -n "$server" route add default via 10.8.0.1
	here sysctl -qw net.ipv4.ip_forward=1 || fail "no forwarding"
}

# seconds COMMAND...: how long it takes
seconds()
{
	local start=$EPOCHREALTIME

	"$@" >"$tmp/out" 2>&1 || fail "$*: $(cat "$tmp/out")"
	awk "BEGIN { print $EPOCHREALTIME - $start }"
}

# listens NETNS PORT
listens()
{
	ip netns exec "$1" ss -Hlun "sport = :$2" | grep -q .
}

# The VIPs pinged; 100 packets a second in total
pings()
{
	local i

	for i in 0 1 2500 4999; do
		ip netns exec "$client" ping -q -i 0.04 "$(vip $i)" \
			>"$tmp/ping$i" &
		followers+=" $!"
	done
}

# Each ping counts what it has lost when it is told to end.
pings_complete()
{
	local i

	# shellcheck disable=SC2086 # a list
	kill -INT $followers
	# shellcheck disable=SC2086
	wait $followers
	followers=
	for i in 0 1 2500 4999; do
		grep -q ' 0% packet loss' "$tmp/ping$i" ||
			fail "$(grep loss "$tmp/ping$i")"
	done
	echo "#$(grep -h loss "$tmp"/ping* | awk '{ n += $1 }
		END { print " " n " pings, none lost" }')"
}

# Each VIP that is not local, as long as there is no file stop
look_for_losses()
{
	sed 's|addr add \(.*\)/32 .*|route get \1|' "$tmp/batch" >"$tmp/gets"
	until [ -e "$tmp/stop" ]; do
		here ip -batch "$tmp/gets" | grep -v -e '^local' -e '^ ' \
			>>"$tmp/lost"
		echo >>"$tmp/passes"
	done
}

test_load()
{
	local bind adopt release

	topology
	expect ip netns exec "$ns" ipvsadm -A -u "$(vip 7):53" -s rr
	expect ip netns exec "$ns" ipvsadm -a -u "$(vip 7):53" -r 10.8.0.2 -m
	expect ip -n "$ns" link add $dev type dummy
	vip_batch 5000 $dev >"$tmp/batch"
	expect here ip -batch - <"$tmp/batch"
	pings
	# datagrams through IPVS are echoed, one byte as read asks for
	ip netns exec "$server" socat -T 30 UDP-LISTEN:53,bind=10.8.0.2,fork \
		EXEC:cat >/dev/null &
	echo_server=$!
	wait_for listens "$server" 53
	ip netns exec "$client" bash -c 'sent=0 got=0 lost=
		exec 3<>"/dev/udp/$1/53"
		until [ -e "$2" ]; do
			printf x >&3; sent=$((sent + 1))
			read -r -N 1 -t 10 -u 3 && got=$((got + 1)) ||
				lost+=" $sent"
		done
		echo $sent $got$lost' - "$(vip 7)" "$tmp/stop" >"$tmp/flow" &
	flow=$!
	: >"$tmp/passes"
	look_for_losses &
	looker=$!

	# what binding as many takes, under the same load
	expect ip -n "$ns" link add plain type dummy
	sed "s/10\.200/10.201/; s/dev .*/dev plain/" "$tmp/batch" >"$tmp/plain"
	bind=$(seconds here ip -batch - <"$tmp/plain")
	expect ip -n "$ns" link del plain

	wait_for has_lines "$tmp/passes" 1
	adopt=$(seconds here ipvsdummyctl adopt $dev)
	equal ipvsdummy "$(kind)" kind
	release=$(seconds here ipvsdummyctl release $dev)
	equal dummy "$(kind)" kind
	touch "$tmp/stop"
	wait $flow $looker
	has_lines "$tmp/passes" 2 || fail "nobody looked"
	kill $echo_server
	read -r sent got lost <"$tmp/flow"
	echo "# $sent datagrams through IPVS, $got answers"
	[ "$got" -gt 0 ] || fail "no flow"
	equal "" "$lost" "datagrams without an answer"
	equal "" "$(head -n 3 "$tmp/lost")" "not local"
	echo "# each VIP was local, looked up $(wc -l <"$tmp/passes") times"
	pings_complete
	equal 5000 "$(here ip -4 -o addr show dev $dev | wc -l)" VIPs
	awk "BEGIN { printf \"# bind %.2f s, adopt %.2f s (%.2f), \", $bind,
		$adopt, $adopt / $bind
		printf \"release %.2f s (%.2f)\n\", $release, $release / $bind }"
}

# A holder as kube-proxy is: looks the link up by its name, makes it if there is
# none, compares what is bound with what should be, and does the difference.
# What should be changes all the time, till the file stop is there.
holder()
{
	local round=0 last=0 index want

	while ((!last)); do
		[ ! -e "$tmp/stop" ] || last=1
		round=$((round + 1))
		index=$(seq $round $((round + 19)))
		want=$(for i in $index; do echo "10.3.0.$((1 + i % 200))"; done |
			sort)
		here ip link add $dev type dummy 2>/dev/null
		here ip -o -4 addr show dev $dev | grep -oE '10\.3\.0\.[0-9]+' |
			sort -u >"$tmp/have"
		{
			comm -13 "$tmp/have" - <<<"$want" | sed 's/^/addr add /'
			comm -23 "$tmp/have" - <<<"$want" | sed 's/^/addr del /'
		} | sed "s|\$|/32 dev $dev|" |
			here ip -force -batch - 2>/dev/null
		echo "$want" >"$tmp/want.new"
		mv "$tmp/want.new" "$tmp/want"
	done
}

holds()
{
	here ip -o -4 addr show dev $dev | grep -oE '10\.3\.0\.[0-9]+/32' |
		sort -u | sed 's|/32||' | cmp -s - "$tmp/want"
}

test_busy_holder()
{
	local i

	new_netns
	expect ip -n "$ns" link add $dev type dummy
	vip_batch 500 $dev >"$tmp/batch"
	expect here ip -batch - <"$tmp/batch"
	holder &
	holding=$!
	wait_for [ -s "$tmp/want" ]
	for i in 1 2 3; do
		swap adopt $dev
		equal ipvsdummy "$(kind)" kind
		swap release $dev
		equal dummy "$(kind)" kind
	done
	swap adopt $dev
	touch "$tmp/stop"
	wait $holding
	expect holds
	equal 500 "$(here ip -4 -o addr show dev $dev | grep -c 10.200)" VIPs
}

# Somebody makes the link anew whenever there is none.
test_name_taken()
{
	setup
	new_dummy up
	while [ ! -e "$tmp/stop" ]; do
		echo "link add $dev type dummy"
	done | here ip -force -batch - >/dev/null 2>&1 &
	for _ in 1 2 3 4 5; do
		swap adopt $dev
		equal ipvsdummy "$(kind)" kind
		all_local "after adopt"
		swap release $dev
		equal dummy "$(kind)" kind
		all_local "after release"
	done
	touch "$tmp/stop"
	wait
}

run_all test_load test_busy_holder test_name_taken
