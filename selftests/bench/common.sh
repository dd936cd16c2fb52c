# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034 # for those who source this
#
# What the groups of rows share. All of it is about the link `vips`, which is ours or
# theirs (dummy), with everything else being the same:
#
#	eth0 ... eth15	64 watched addresses, 10.100.0.1/16, 10.101.0.1/16 ...
#	pod0 ... pod999	veths, their peers in the netns `pods`
#	vips		1,000 rules if it is ours, and VIPs from 172.16.0.0 on
#
# A figure is a line of JSON, for `run`.

readonly cover=172.31.255.254/12	# a watched address with all VIPs in its prefix
pods=1000	# and rules
declare -A kind=([ours]=ipvsdummy [theirs]=dummy)
# On one CPU others than the process that is looked at would count for it.
alone=${INSNS:+cpu}
alone=${alone:-value}

# The smallest, and those with which it shall grow in the same way
sizes=(1000 10000 20000 50000)
declare -A rounds=([1000]=9 [10000]=5 [20000]=3 [50000]=3)
short=9	# rounds of what takes no time
[ -z "$INSNS" ] || rounds=([1000]=3 [10000]=3 [20000]=1 [50000]=1) short=3
if [ -n "$QUICK" ]; then
	sizes=(1000 5000)
	rounds=([1000]=2 [5000]=2)
	short=2 pods=200
fi
largest=${sizes[-1]}
middle=${sizes[-1]}
((middle < 20000)) || middle=20000

die()
{
	echo "bench: $*" >&2
	exit 1
}

setup()
{
	local i nics=() device

	for device in /sys/class/net/*/device; do
		device=${device%/device}
		nics+=("${device##*/}")
	done
	for device in "${nics[@]}"; do
		echo "link set $device up"
	done | ip -batch -
	for ((i = 0; i < 64; i++)); do
		echo "addr add 10.$((100 + i)).0.1/16 dev ${nics[i % ${#nics[@]}]}"
	done | ip -batch -
	ip netns add pods
	for ((i = 0; i < pods; i++)); do
		echo "link add pod$i type veth peer name peer$i netns pods"
	done | ip -batch -
	for ((i = 0; i < pods; i++)); do
		echo "rule add vips 198.18.$((i / 250)).$((i % 250)) reject"
	done >/tmp/rules
}

# row NAME BAR AGAINST [TAKES]: what its figures are compared with, and how far it may
# be off: "<= 1.03" of what theirs take, ">= 0.99" of what theirs reach in a time;
# without AGAINST the value is what counts. TAKES: value (the time that went by) or cpu
row()
{
	printf '{"row":"%s","bar":"%s","against":"%s","takes":"%s"}\n' \
		"$1" "$2" "${3:-}" "${4:-value}"
}

# figure ROW VALUE [CPU]: of $side, in $round
figure()
{
	printf '{"row":"%s","side":"%s","round":%d,"value":%s,"cpu":%s}\n' \
		"$1" "$side" "$round" "$2" "${3:-0}"
}

# took ROW WORDS...: what `measure WORDS` takes, in the netns $ns if that is not empty
took()
{
	local row=$1 words
	shift

	words=$(${ns:+ip netns exec "$ns"} ./measure "$@") || die "measure $*"
	# shellcheck disable=SC2086 # two numbers
	figure "$row" $words
}

# alternate ROUNDS COMMAND...: for each side by turns
alternate()
{
	local round side sides=(theirs ours) ns=''

	for ((round = 1; round <= $1; round++)); do
		for side in "${sides[@]}"; do
			"${@:2}"
		done
		sides=("${sides[1]}" "${sides[0]}")
	done
}

# A new link of $side, down and without VIPs
new_link()
{
	ip link add vips type "${kind[$side]}"
	[ "$side" = theirs ] || ipvsdummyctl -batch /tmp/rules
}

# bind COUNT: without a figure
bind()
{
	./measure add vips "$1" >/dev/null || die "no $1 VIPs"
}

del_link()
{
	ip link del vips
}

conflicts()
{
	ipvsdummyctl -j show | jq '[.[].classes[].active] | add // 0'
}

has_conflicts()
{
	[ "$(conflicts)" = "$1" ]
}

wait_until()
{
	local end=$((SECONDS + 60))

	until "$@"; do
		((SECONDS < end)) || die "never: $*"
		sleep 0.05
	done
}

# joined PROTOCOL: somebody listens to a group
joined()
{
	awk -v protocol="$1" '$2 == protocol && $4 != "00000000" { n++ }
		END { exit !n }' /proc/net/netlink
}
