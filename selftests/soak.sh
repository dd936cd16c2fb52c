#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=soak timeout=600
#
# The daily life of a node, a day in seconds, for 5 minutes (SCALE times as long):
# services and pods come and go, the network configuration is restarted, the policy is
# changed and written anew, a station claims what is not its own. Neither the kernel's
# memory nor the monitor's grows from the tenth day on, and no reference is left.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/16
. "$(dirname "$0")/common.sh"

[ -e /vm/job ] || skip_all "not in the VM"
send_frame=$(dirname "$(readlink -f "$0")")/send-frame
readonly send_frame seconds=$((300 * ${SCALE:-1}))
readonly warm=10	# days until caches have what they want
readonly growth=512	# KiB that they may still take, however long it all lasts

services()
{
	seq "$2" "$3" | awk '{ printf "addr %s 10.%d.%d.%d/32 dev %s\n", verb,
		$1 % 10 ? 96 : 1, $1 / 200, 10 + $1 % 200, dev }' verb="$1" dev=$dev |
		here ip -force -batch - 2>/dev/null
}

pod()
{
	local name=ipvsd-pod-$1

	ip netns add "$name"
	here ip link add "p$1" type veth peer name eth0 netns "$name"
	here ip addr add "10.244.$1.1/32" dev "p$1"
	ip netns del "$name"
}

network_restarts()
{
	here ip addr flush dev w0
	here ip addr add 10.1.0.1/16 dev w0
	here ip route add default via 10.1.0.254
}

# $1: the day
live()
{
	local n

	services add 0 400
	for n in {1..5}; do
		pod "$n"
		services del "$((n * 60))" "$((n * 60 + 30))"
		services add "$((n * 60))" "$((n * 60 + 30))"
	done
	network_restarts
	expect ctl rule replace $dev "10.1.$(($1 % 250)).0/24" reject
	here "$send_frame" w0p arp op reply spa 10.1.0.10 count 20 vary sha
	expect ctl sync $dev - <<-END
		set DEV mode enforce
		rule add DEV 10.96.0.0/12 allow
		rule add DEV 10.1.$(($1 % 200)).0/24 flag
	END
	here timeout 1 ipvsdummy-mon --follow >/dev/null
	services del 0 400
	[ -z "$(here ip -br addr show dev $dev | grep -o '10\.')" ] ||
		fail "day $1: addresses left"
}

# KiB that the kernel holds and cannot give back
memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|Percpu|VmallocUsed|KernelStack)/ { n += $2 }
		END { print n }' /proc/meminfo
}

# resident PID: KiB that a process holds
resident()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

test_soak()
{
	local day kernel=0 monitor=0 pid

	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	here ip link set w0 up
	here ip link set w0p up
	expect ctl watch add w0
	network_restarts
	ip netns exec "$ns" ipvsdummy-mon --follow --json --status "$tmp/status" \
		--metrics "$tmp/metrics" >/dev/null &
	pid=$!
	followers+=" $pid"
	for ((day = 1; SECONDS < seconds || day <= 2 * warm; day++)); do
		live $day
		if ((day == warm)); then
			kernel=$(memory)
			monitor=$(resident $pid)
			echo "# day $day: kernel $kernel KiB, monitor $monitor KiB"
		fi
	done
	echo "# day $day: kernel $(memory) KiB, monitor $(resident $pid) KiB," \
		"$(event_count) events"
	(($(memory) - kernel <= growth)) || fail "the kernel's memory grew"
	(($(resident $pid) - monitor <= growth)) || fail "the monitor grew"
	kill $pid
	wait $pid
	followers=
	here ip link del $dev
	ip netns del "$ns"
	namespaces=
	busywait unused || fail "$(lsmod)"
}

# What held the module is gone, the references to it, too.
unused()
{
	[ "$(cat /sys/module/ipvsdummy/refcnt)" = 0 ]
}

run_all test_soak
