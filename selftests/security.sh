#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=180
#
# What who has no privilege over the node can reach: docs/security.md.
. "$(dirname "$0")/user-common.sh"

# log_lines WORDS: how many lines with these the kernel log has since it was cleared
log_lines()
{
	dmesg | grep -cF "$1"
}

# A link of his, and what is bound to it, are in his own namespace only.
test_own_netns_only()
{
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	for command in "link add other type ipvsdummy" "link del $dev" \
		"addr add 10.1.0.2/32 dev $dev"; do
		# shellcheck disable=SC2086 # words
		refused "not permitted" "${user[@]}" ip $command
	done
	users_netns
	users_link
	refused "host" as_owner ip addr add 10.1.0.1/32 dev $dev
	expect as_owner ip addr add 10.1.0.2/32 dev $dev
	is "flagged onlink w0" 10.1.0.2 || fail "not in his own"
	refused "" as_owner ip link set $dev netns 1
	expect here ip link show $dev
	ns=''
	equal "" "$(ipvsdummy-mon --json)" "conflicts of the node"
	ip -br addr show dev $dev | grep -q 10.1 && fail "bound to the node's"
	true
}

# Nothing of what happens there is told elsewhere, nor in the kernel log.
test_told_to_nobody_else()
{
	local before

	modprobe ipvsdummy
	new_link ipvsdummy $dev
	follow "$tmp/events"
	before=$(ipvsdummyctl -j show)
	dmesg -C
	users_netns
	users_link
	vips add 256 755 | as_owner ip -batch - || fail "cannot bind"
	refused host as_owner ip addr add 10.1.0.1/32 dev $dev
	equal 501 "$(here ipvsdummy-mon --json | wc -l)" "conflicts of his"
	expect as_owner ip link del $dev
	equal 0 "$(log_lines ipvsdummy:)" "lines in the kernel log"
	ns=''
	equal "$before" "$(ipvsdummyctl -j show)" "the node's links"
	equal 0 "$(wc -l <"$tmp/events")" "events told"
	# an event of the node's own is the next that is told
	expect ctl rule add $dev 10.7.0.1/32 flag
	expect vip_add 10.7.0.1/32
	wait_for saw flagged "$tmp/events" 10.7.0.1
	equal 1 "$(jq -s '.[0].seq' "$tmp/events")" "number of the event"
}

# A container's root who is the node's, but for the netns, may write to the kernel
# log; no more than 20 lines in 5 s, however often he makes his link anew.
test_log_limited()
{
	local i lines begin end

	new_netns
	new_link veth w0 peer name w0p
	dmesg -C
	expect ctl watch add w0
	expect vip_add 10.1.0.1/16 w0
	begin=$SECONDS
	for ((i = 0; i < 20; i++)); do
		{
			echo "link add log0 type ipvsdummy"
			vips add 256 280 log0
			echo "link del log0"
		} | here ip -batch - || fail "batch $i"
	done
	end=$SECONDS
	lines=$(log_lines "ipvsdummy: log0:")
	echo "# $lines lines in $((end - begin)) s"
	[ "$lines" -gt 0 ] || fail "no line"
	[ "$lines" -le $((20 * (2 + (end - begin) / 5))) ] ||
		fail "$lines lines in $((end - begin)) s"
}

# Whoever asks sends nothing.
test_check_is_silent()
{
	local before

	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ip link set w0p up
	expect here ip link set w0 up
	expect ctl watch add w0
	expect vip_add 10.1.0.1/16 w0
	set_policy onlink verify probe on
	before=$(ctl -j wire | jq .probes)
	vips add 256 511 | sed 's/.* \(.*\)\/.*/\1/' >"$tmp/list"
	here "${user[@]}" ipvsdummyctl check $dev - <"$tmp/list" >"$tmp/out"
	equal 256 "$(grep -c verify "$tmp/out")" "asked for"
	equal "$before" "$(ctl -j wire | jq .probes)" "probes sent"
	equal "" "$(here ipvsdummy-mon --json)" "conflicts"
}

# Anybody's request for the kind loads the module, unless it is blacklisted.
test_autoload()
{
	[ -e /vm/job ] || return 0
	rmmod ipvsdummy
	expect "${user[@]}" unshare --user --map-root-user --net \
		ip link add $dev type ipvsdummy
	[ -d /sys/module/ipvsdummy ] || fail "not loaded"
	wait_for rmmod ipvsdummy
	mkdir -p /etc/modprobe.d
	echo "blacklist ipvsdummy" >/etc/modprobe.d/ipvsdummy.conf
	refused "" "${user[@]}" unshare --user --map-root-user --net \
		ip link add $dev type ipvsdummy
	[ ! -d /sys/module/ipvsdummy ] || fail "loaded"
	refused "" "${user[@]}" ipvsdummyctl show
	[ ! -d /sys/module/ipvsdummy ] || fail "loaded by the tool"
	expect modprobe ipvsdummy
	rm /etc/modprobe.d/ipvsdummy.conf
}

# Routes that change all the time in a user's namespace keep nobody from loading
# the module, and are known there once they are at rest.
test_load_with_busy_routes()
{
	local busy=() i

	[ -e /vm/job ] || return 0
	users_netns
	expect as_owner ip link add w0 type dummy
	expect as_owner ip addr add 10.1.0.1/16 dev w0
	expect as_owner ip link set w0 up
	seq 20000 | awk '{ printf "route add 11.%d.%d.%d/32 via 10.1.0.2\n",
		$1 / 65536, $1 / 256 % 256, $1 % 256 }' | as_owner ip -batch - ||
		fail "no routes"
	seq 200000 | awk '{ printf "route replace default via 10.1.0.%d\n",
		2 + $1 % 2 }' >"$tmp/batch"
	rmmod ipvsdummy
	for ((i = 0; i < 3; i++)); do
		nsenter --user="/proc/$owner/ns/user" --net="/proc/$owner/ns/net" \
			ip -batch - <"$tmp/batch" &
		busy+=($!)
		followers+=" $!"
	done
	wait_for default_route
	# that is not the case each time
	for ((i = 0; i < 8; i++)); do
		expect modprobe ipvsdummy
		expect as_owner ip link add $dev type ipvsdummy
		ctl watch list >"$tmp/out" 2>&1
		[ ! -s "$tmp/out" ] || break
		expect as_owner ip link del $dev
		wait_for rmmod ipvsdummy
	done
	[ -s "$tmp/out" ] || echo "# the routes were not busy enough"
	kill "${busy[@]}"
	wait "${busy[@]}" 2>/dev/null
	expect as_owner ip route replace default via 10.1.0.7
	expect as_owner ip route replace default via 10.1.0.6 table 7
	wait_for gateways "10.1.0.6 10.1.0.7"
}

default_route()
{
	[ -n "$(here ip route show default)" ]
}

# gateways ADDRESSES: these are
gateways()
{
	local address

	for address in $1; do
		[ "$(would "$address")" = "reject gateway" ] || return
	done
}

# Who can write where the status file is has the monitor write nowhere else.
test_status_file()
{
	new_netns
	ln -s "$tmp/elsewhere" "$tmp/status.new"
	ln -s "$tmp/elsewhere" "$tmp/metrics"
	in_ns timeout 2 ipvsdummy-mon --follow --metrics "$tmp/metrics" \
		>/dev/null
	[ ! -L "$tmp/metrics" ] || fail "a link still"
	in_ns timeout 2 ipvsdummy-mon --follow --status "$tmp/status" \
		>/dev/null 2>"$tmp/errors"
	[ -s "$tmp/errors" ] || fail "nothing is said"
	[ ! -e "$tmp/elsewhere" ] || fail "followed"
}

# Of link-layer addresses that an interface had so many are remembered. The eldest comes
# back when there is no room for one more.
test_lladdr_comes_back()
{
	users_netns
	users_link
	seq 0 1100 | awk '{ printf "link set w0 address 02:00:00:00:%02x:%02x\n",
		$1 % 1025 / 256, $1 % 1025 % 256 }' >"$tmp/batch"
	expect as_owner ip -batch - <"$tmp/batch"
	equal 02:00:00:00:00:4b "$(as_owner ip -j link show w0 |
		jq -r '.[].address')" "the last"
}

run_all test_own_netns_only test_told_to_nobody_else test_log_limited \
	test_check_is_silent test_autoload test_load_with_busy_routes \
	test_status_file test_lladdr_comes_back
