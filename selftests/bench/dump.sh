# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # common.sh has them
#
# Conflicts that come late, all at once; lists of them; and events.

# late COUNT: ours, against a dump of the addresses
late()
{
	if [ "$side" = theirs ]; then
		took "late scan of $1" dump addresses
		took "list $1" run ip addr show dev vips
		took "dump $1" dump addresses
		return
	fi
	took "late scan of $1" late eth1 $cover "$1"
	took "list $1" run ipvsdummy-mon
	took "dump $1" dump conflicts
	ip addr del $cover dev eth1
	wait_until has_conflicts 0
}

late_rows()
{
	local n

	for n in "${sizes[@]}"; do
		row "late scan of $n" "<= 2" "a dump of them"
		row "list $n" "<= 1.0" "ip addr" "$alone"
		row "dump $n" "" "addresses" "$alone"
		side=ours new_link
		bind "$n"
		alternate "${rounds[$n]}" late "$n"
		del_link
	done
}

# drained PROTOCOL: whoever listens has read all, and lost nothing
drained()
{
	awk -v protocol="$1" '$2 == protocol && $4 != "00000000" {
			left += $5
			lost += $9
		}
		END {
			if (lost)
				print "events are lost" >"/dev/stderr"
			exit left || lost
		}' /proc/net/netlink
}

# The reader's own time; VIPs come and go by 500, which it can keep pace with
follow()
{
	local i pid command=(ip monitor address) protocol=0

	[ "$side" = theirs ] || command=(ipvsdummy-mon --follow) protocol=16
	new_link
	./measure run "${command[@]}" >/tmp/followed &
	pid=$!
	wait_until joined $protocol
	for ((i = 0; i < events / 1000; i++)); do
		bind 500
		./measure del vips 500 >/dev/null
		wait_until drained $protocol
	done
	kill -TERM $pid
	wait $pid || true
	# shellcheck disable=SC2046 # two numbers
	figure "follow $events events" $(cat /tmp/followed)
	del_link
}

event_rows()
{
	local events=10000

	[ -z "$QUICK" ] || events=4000

	ip addr add $cover dev eth0
	row "follow $events events" ">= 1.0" "ip monitor" cpu
	alternate "$short" follow
	ip addr del $cover dev eth0
}
