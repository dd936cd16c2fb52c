# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # common.sh has them
#
# What it takes to bind VIPs, and to refuse them.

bind_plain()
{
	new_link
	took "bind $1 VIPs" add vips "$1"
	del_link
}

# bind_flagged COUNT WHO: with nobody who listens, or one
bind_flagged()
{
	local pid=''

	new_link
	if [ "$side $2" = "ours one follower" ]; then
		ipvsdummy-mon --follow >/dev/null &
		pid=$!
		wait_until joined 16
	fi
	took "bind $1 flagged, $2" add vips "$1"
	if [ -n "$pid" ]; then
		kill "$pid"
		wait "$pid" || true
	fi
	del_link
}

bind_rows()
{
	local n

	for n in "${sizes[@]}"; do
		row "bind $n VIPs" "<= 1.03" dummy "$alone"
		alternate "${rounds[$n]}" bind_plain "$n"
	done
	ip addr add $cover dev eth0
	for n in "${sizes[0]}" "${sizes[1]}"; do
		row "bind $n flagged, no listener" "<= 1.15" dummy "$alone"
		alternate "${rounds[$n]}" bind_flagged "$n" "no listener"
		row "bind $n flagged, one follower" "<= 1.30" dummy "$alone"
		alternate "${rounds[$n]}" bind_flagged "$n" "one follower"
	done
	ip addr del $cover dev eth0
}

# The 64 addresses, which are eth0's and so on; and `slave` has them, too
refuse_once()
{
	if [ "$side" = ours ]; then
		new_link
		took refusals refuse vips 64 50
		del_link
	else
		took refusals refuse other 64 50
	fi
}

refuse_rows()
{
	local i

	ip link add lower0 type dummy
	ip link add link lower0 name slave type ipvlan mode l2
	ip link add link lower0 name other type ipvlan mode l2
	for ((i = 0; i < 64; i++)); do
		echo "addr add 10.$((100 + i)).0.1/32 dev slave"
	done | ip -batch -
	row refusals ">= 1.0" ipvlan "$alone"
	alternate "$short" refuse_once
	ip link del lower0
}
