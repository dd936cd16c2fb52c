# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the holders' scenarios share: hosts on one Ethernet, each a namespace with a NIC
# of the VM in it, servers there, and steps. A scenario is a story: what a step leaves
# is what the next one finds, so steps run in this shell, one by one.

. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../common.sh"

# Go programs start slowly on an emulated processor.
deadline=$((120 * ${PATIENCE:-1}))
work=$(mktemp -d)
keys=$work/keys
hosts='' daemons='' nodes='' n=0 failed=0

skip_unless_vm()
{
	[ -e /vm/job ] && command -v keepalived >/dev/null ||
		skip_all "not in the VM"
	modprobe ipvsdummy
	mkdir -p "$keys" /root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f "$keys/client"
	cp "$keys/client.pub" /root/.ssh/authorized_keys
	chmod -R go= /root
	trap leave EXIT
	trap 'exit 1' INT TERM
	echo "KTAP version 1"
}

# step NAME COMMAND...: one result, with what the command said if it failed
step()
{
	local name=$1
	shift

	n=$((n + 1))
	if "$@" >"$work/output" 2>&1; then
		echo "ok $n $name"
	else
		echo "not ok $n $name"
		failed=1
		sed 's/^/# /' "$work/output"
	fi
}

# note WORDS...: what was seen, for the reader
note()
{
	echo "# $*"
}

# eventually COMMAND...: until it succeeds, without taking the processor from those
# who are waited for
eventually()
{
	local end=$((SECONDS + deadline))

	until "$@" >"$work/eventually" 2>&1; do
		if ((SECONDS >= end)); then
			cat "$work/eventually"
			echo "waited in vain: $*"
			return 1
		fi
		sleep 0.3
	done
}

# on HOST COMMAND...: run it there, under the name of the host
on()
{
	local host=$1
	shift

	# shellcheck disable=SC2016 # expands there
	ip netns exec "$host" unshare -u sh -c 'hostname "$0"; exec "$@"' \
		"$host" "$@"
}

# start HOST NAME COMMAND...: run it there in the background, its output in the file
# $work/HOST.NAME
start()
{
	local host=$1 name=$2
	shift 2

	# no function in the background: its child would outlive it
	# shellcheck disable=SC2016 # expands there
	ip netns exec "$host" unshare -u sh -c 'hostname "$0"; exec "$@"' \
		"$host" "$@" >>"$work/$host.$name" 2>&1 </dev/null &
	daemons+=" $!"
	pid_of[$host.$name]=$!
}
declare -A pid_of

# stop HOST NAME [SIGNAL]
stop()
{
	kill -"${3:-TERM}" "${pid_of[$1.$2]}" 2>/dev/null
	wait "${pid_of[$1.$2]}" 2>/dev/null
	true
}

# The name that the NIC of a number has now
nic()
{
	ip -j link | jq -r --arg mac "$(mac "$1")" \
		'.[] | select(.address == $mac) | .ifname'
}

mac()
{
	printf '52:54:00:12:34:%02x' $(($1 + 1))
}

# host NAME NIC NUMBER: a host with that NIC, 172.50.60.NUMBER and fd50:60::NUMBER
host()
{
	local name=$1 number=$3

	ip netns add "$name"
	hosts+=" $name"
	nic_of[$name]=$2
	ip link set "$(nic "$2")" netns "$name" name eth0
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up
	ip -n "$name" addr add "172.50.60.$number/24" dev eth0
	ip -n "$name" addr add "fd50:60::$number/64" dev eth0 nodad
}
declare -A nic_of

# serve HOST PORT WORDS: to whoever connects there, say these words
serve()
{
	start "$1" "server-$2" socat \
		"TCP6-LISTEN:$2,ipv6only=0,reuseaddr,fork,backlog=64" \
		"SYSTEM:echo $3"
	eventually listens "$1" "$2"
}

listens()
{
	[ -n "$(on "$1" ss -Hltn "sport = :$2")" ]
}

# serve_ssh HOST
serve_ssh()
{
	dropbearkey -t ed25519 -f "$keys/$1" >/dev/null 2>&1
	start "$1" ssh dropbear -F -E -s -r "$keys/$1" -p 22
	eventually listens "$1" 22
}

# pod NODE NUMBER: one behind a node, 10.244.NUMBER.2, that serves on port 8080
pod()
{
	local name=pod$2

	ip netns add "$name"
	hosts+=" $name"
	ip -n "$1" link add "$name" type veth peer name eth0 netns "$name"
	ip -n "$1" link set "$name" up
	ip -n "$1" addr add "10.244.$2.1/24" dev "$name"
	ip -n "$1" addr add "fd44:$2::1/64" dev "$name" nodad
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up
	ip -n "$name" addr add "10.244.$2.2/24" dev eth0
	ip -n "$name" addr add "fd44:$2::2/64" dev eth0 nodad
	ip -n "$name" route add default via "10.244.$2.1"
	ip -n "$name" route add default via "fd44:$2::1"
	serve "$name" 8080 "$name"
}

# ask HOST ADDRESS PORT: what the server there says, or why it cannot be reached
ask()
{
	local address=$2

	[[ $address != *:* ]] || address="[$address]"
	on "$1" timeout 20 socat -u "TCP:$address:$3,connect-timeout=8" - 2>&1 |
		sed 's/^.*socat.*: //'
}

# says WORDS HOST ADDRESS PORT: what the server there says begins with these words
says()
{
	local out

	out=$(ask "${@:2}")
	[[ $out == $1* ]] || {
		echo "$2 asks $3:$4 and hears '$out', not '$1'"
		return 1
	}
}

# lands HOST ADDRESS: where ssh ends
lands()
{
	on "$1" ssh -i "$keys/client" -o BatchMode=yes -o ConnectTimeout=20 \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR "$2" hostname 2>&1
}

# lands_on WANTED HOST ADDRESS
lands_on()
{
	local out

	out=$(lands "$2" "$3")
	[ "$out" = "$1" ] || {
		echo "ssh from $2 to $3 lands on '$out', not '$1'"
		return 1
	}
}

# answerers HOST ADDRESS: the stations that answer ARP when HOST asks
answerers()
{
	ip -n "$1" neigh flush dev eth0
	on "$1" arping -b -c 3 -w 6 -I eth0 "$2" |
		grep -oi '\[[0-9a-f:]*\]' | tr -d '[]' | tr A-F a-f | sort -u |
		xargs
}

# answered_by NUMBERS HOST ADDRESS: by the NICs of these numbers and no other
answered_by()
{
	local number out wanted=''

	for number in $1; do
		wanted+=" $(mac "$number")"
	done
	out=$(answerers "$2" "$3")
	[ "$out" = "${wanted# }" ] || {
		echo "$3 is answered by '$out', not '${wanted# }'"
		return 1
	}
}

# bound HOST ADDRESS [DEV]
bound()
{
	ip -n "$1" -j addr show dev "${3:-$dev}" |
		jq -e --arg a "$2" 'any(.[].addr_info[]; .local == $a)' >/dev/null
}

not()
{
	! "$@"
}

# each COMMAND... with NODE in it, for all in $nodes
each()
{
	local node rc=0

	for node in $nodes; do
		"${@//NODE/$node}" || rc=1
	done
	return $rc
}

# follow_events HOST: a monitor, its events in the file $work/HOST.events
follow_events()
{
	start "$1" events ipvsdummy-mon --follow --json
}

# told HOST FILTER: an event that jq's FILTER is true of
told()
{
	grep '^{' "$work/$1.events" | jq -se "any(.[]; $2)" >/dev/null
}

# conflict HOST ADDRESS: "EVENT CLASS" of the conflict now
conflict()
{
	on "$1" ipvsdummy-mon --json | jq -r --arg a "$2" \
		'select(.address == $a) | "\(.event) \(.class)"'
}

conflict_is()
{
	local out

	out=$(conflict "$2" "$3")
	[ "$out" = "$1" ] || {
		echo "$3 on $2 is '$out', not '$1'"
		return 1
	}
}

leave_hosts()
{
	local name

	# shellcheck disable=SC2086 # a list
	kill $daemons 2>/dev/null
	wait
	for name in $hosts; do
		ip netns pids "$name" | xargs -r kill -KILL
		[ -z "${nic_of[$name]:-}" ] || {
			ip -n "$name" link set eth0 down
			ip -n "$name" link set eth0 netns 1 \
				name "nic${nic_of[$name]}"
		}
		ip netns del "$name"
	done
	hosts='' daemons=''
} 2>/dev/null

leave()
{
	leave_hosts
	rm -rf "$work"
}

end()
{
	echo "1..$n"
	exit $failed
}
