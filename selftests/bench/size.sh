# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # common.sh has them
#
# Memory, and what it takes to start.

# Bytes of all slabs that are in use
slabs()
{
	awk 'NR > 2 { n += $2 * $4 } END { printf "%d", n }' /proc/slabinfo
}

# slab_growth COMMAND...: by how many bytes it makes them grow
slab_growth()
{
	local before

	before=$(slabs)
	"$@" >/dev/null
	echo $(($(slabs) - before))
}

# each BYTES COUNT
each()
{
	awk -v bytes="$1" -v count="$2" 'BEGIN { printf "%.1f", bytes / count }'
}

# memory_once COUNT: of VIPs
memory_once()
{
	local theirs ours

	side=theirs new_link
	theirs=$(slab_growth bind "$1")
	del_link
	side=ours new_link
	ours=$(slab_growth bind "$1")
	figure "memory of a VIP, B" "$(each $((ours - theirs)) "$1")"
	ours=$(slab_growth ./measure late eth1 $cover "$1")
	figure "memory of a conflict, B" "$(each "$ours" "$1")"
	ip addr del $cover dev eth1
	wait_until has_conflicts 0
	del_link
}

# Loading gives every netns its part at once.
netns_once()
{
	local with without i

	rmmod ipvsdummy
	without=$(slab_growth modprobe ipvsdummy)
	rmmod ipvsdummy
	for ((i = 0; i < idle; i++)); do
		ip netns add "idle$i"
	done
	with=$(slab_growth modprobe ipvsdummy)
	for ((i = 0; i < idle; i++)); do
		ip netns del "idle$i"
	done
	figure "memory of an idle netns, B" "$(each $((with - without)) $idle)"
}

memory_rows()
{
	# shellcheck disable=SC2034 # for those below
	local round side=ours idle=200

	row "memory of a VIP, B" "<= 0.5"
	row "memory of a conflict, B" "<= 192"
	row "memory of an idle netns, B" "<= 256"
	for ((round = 1; round <= rounds[$middle]; round++)); do
		memory_once "$middle"
		netns_once
	done
}

start_once()
{
	if [ "$side" = ours ]; then
		took "start" first ipvsdummy-mon
	else
		took "start" first ip addr show dev vips
	fi
}

resident_once()
{
	local pid command=(ip monitor address) protocol=0

	[ "$side" = theirs ] || command=(ipvsdummy-mon --follow) protocol=16
	"${command[@]}" >/dev/null &
	pid=$!
	wait_until joined $protocol
	figure "resident" "$(awk '/^VmRSS/ { print $2 * 1024 }' /proc/$pid/status)"
	kill $pid
	wait $pid || true
}

# With one conflict, and one address
tool_rows()
{
	side=ours new_link
	ip addr add 10.100.0.2/32 dev vips
	row start "<= 1.0" "ip addr"
	alternate "$short" start_once
	row resident "<= 1.5" "ip monitor"
	alternate 2 resident_once
	del_link
}
