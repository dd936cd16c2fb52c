# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034 # for those who source this
#
# What the tests of the wire share: a node and another station.
#
#   netns $ns: the node                             netns $station
#   kube-ipvs0 (ipvsdummy): VIPs
#   w0 (veth, watched): 10.1.0.9/24, fd00:1::9/64 ---- w0p: no address
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

send_frame=$(dirname "$(readlink -f "$0")")/send-frame
[ -x "$send_frame" ] || skip_all "no send-frame"

# Stations that are nothing but what frames say
readonly mac_a=02:00:00:00:00:0a mac_b=02:00:00:00:00:0b
readonly mac_c=02:00:00:00:00:0c mac_z=02:00:00:00:00:0f

setup()
{
	new_netns
	station=$ns
	new_netns
	# an address that is tentative is another one soon
	here sysctl -qw net.ipv6.conf.{all,default}.accept_dad=0
	there sysctl -qw net.ipv6.conf.{all,default}.accept_dad=0
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p netns "$station"
	expect there ip link set w0p up
	expect here ip link set w0 up
	expect ctl watch add w0
	expect vip_add 10.1.0.9/24 w0
	expect vip_add fd00:1::9/64 w0
	w0_mac=$(mac_of w0)
	last=15
}

there()
{
	ip netns exec "$station" "$@"
}

# mac_of LINK
mac_of()
{
	here cat "/sys/class/net/$1/address"
}

# send arp|na|ns [WORD...]: from the station
send()
{
	there "$send_frame" w0p "$@" || fail "send-frame $*"
}

# claim ADDRESS MAC [WORD...]: an announcement of RFC 5227, unless the words say
# something else
claim()
{
	send arp spa "$1" tpa "$1" sha "$2" "${@:3}"
}

# bind_up_to LAST: 10.1.0.16 up to 10.1.0.LAST
bind_up_to()
{
	seq -f "addr add 10.1.0.%.0f/32 dev $dev" 16 "$1" | here ip -batch - ||
		fail "cannot bind"
}

# The next of these, in $vip
next_vip()
{
	last=$((last + 1))
	vip=10.1.0.$last
}

# owner ADDRESS [DEV]: "EVIDENCE CLAIM LLADDR SEVERITY" of its conflict
owner()
{
	here ipvsdummy-mon --json --dev "${2:-$dev}" |
	jq -r --arg a "$1" 'select(.address == $a) |
		"\(.evidence) \(.claim) \(.lladdr) \(.severity)"'
}

# owned OWNER ADDRESS [DEV]
owned()
{
	[ "$(owner "$2" "${3:-$dev}")" = "$1" ]
}

# field KEY ADDRESS: of its conflict
field()
{
	here ipvsdummy-mon --json |
	jq -r --arg a "$2" --arg k "$1" 'select(.address == $a)[$k]'
}

has_field()
{
	[ "$(field "$2" "$3")" = "$1" ]
}

# settle: all that was sent has been looked into, since what is sent now has
settle()
{
	next_vip
	claim "$vip" "$mac_z"
	wait_for is "flagged neigh w0" "$vip"
}

# nobodys ADDRESS...: nothing that was sent claims these
nobodys()
{
	local address claimed

	settle
	claimed=$(here ipvsdummy-mon --json |
		jq -r 'select(.class == "neigh").address')
	for address; do
		! grep -qxF "$address" <<<"$claimed" ||
			fail "$address: $(owner "$address")"
	done
}

# counter NAME: of the wire's
counter()
{
	ctl -j wire | jq ".$1"
}

# counted NAME AT_LEAST
counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# hear [LINK]: what comes to the station, in $tmp/heard
hear()
{
	: >"$tmp/heard"
	ip netns exec "$station" "$send_frame" "${1:-w0p}" listen >"$tmp/heard" &
	followers+=" $!"
	wait_for has_lines "$tmp/heard" 1
}

# heard WORDS...: how many frames began so
heard()
{
	grep -c "^$*\( \|$\)" "$tmp/heard"
}

# heard_more THAN WORDS...
heard_more()
{
	[ "$(heard "${@:2}")" -gt "$1" ]
}
