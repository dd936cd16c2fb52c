# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of upgrade share. Unloads the module: only in the VM.
#
#   netns $client: w0p 10.1.0.2/24 --- w0 (watched): 10.1.0.1/24
#                                      kube-ipvs0, with VIPs
. "$(dirname "${BASH_SOURCE[0]}")/adopt-common.sh"

[ -e /vm/job ] || skip_all "not in the VM"
installed=$(modinfo -n ipvsdummy)
readonly installed unfinished=/run/ipvsdummy-upgrade

restore()
{
	[ ! -e "$tmp/module" ] || mv "$tmp/module" "$installed"
	rm -f /etc/modprobe.d/upgrade.conf $unfinished
	cleanup
	rmmod ipvsdummy
	modprobe ipvsdummy
}

# The namespace of the test is the initial one; $client is another
setup()
{
	trap restore EXIT
	mkdir -p /etc/modprobe.d
	expect cp "$installed" "$tmp/module"
	new_netns
	client=$ns ns=
	new_link veth w0 peer name w0p netns "$client"
	sysctl -qw net.ipv6.conf.w0.accept_dad=0
	expect ip link set w0 up
	expect ip -n "$client" link set w0p up
	expect ip -n "$client" addr add 10.1.0.2/24 dev w0p
	expect ip -n "$client" route add 10.2.0.0/16 via 10.1.0.1
	expect ctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect ip addr add fd01::1/64 dev w0 nodad
}

# A link with VIPs, and as much as there is to be set
setup_policy()
{
	new_link ipvsdummy $dev
	set_policy mode audit
	printf "addr add %s dev $dev\n" $vips | ip -batch - || fail VIPs
	expect ip link set $dev up
	set_policy mode enforce host skip onlink reject neigh flag \
		arp-reply never probe on
	ctl -batch - <<-END || fail "no policy"
		rule add $dev 10.3.0.0/16 allow
		rule add $dev 10.3.7.0/24 reject
		rule add $dev fd00:2::/64 flag
		watch exclude cali*
		watch add later
		peer add 10.1.0.0/27
		peer add 52:54:00:12:34:77
		wire set sightings 77 timeout 99
	END
}

# All that is set, and how many addresses there are
all()
{
	ctl save $dev
	ctl watch list
	ctl peer list
	ctl -j wire | jq -c '[.peers, .sightings_max, .claim_timeout]'
	ctl -j show | jq 'map(del(.ifindex, .events, .classes[].rejected,
		.classes[].skipped, .classes[].flagged))'
	ctl -j rule list | jq 'map(del(.ifindex))'
	addresses
}

all_as_before()
{
	all >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after"
}

same()
{
	busywait all_as_before || {
		diff "$tmp/before" "$tmp/after" | sed 's/^/# /'
		fail "not as before: $*"
	}
	all_local "$*"
	no_leftovers
}
