#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=120
#
# Loading, unloading and reloading the module, with links, VIPs, conflicts and
# a follower present. Unloads the module: runs only in the VM.
. "$(dirname "$0")/common.sh"

[ -e /vm/job ] || skip_all "not in the VM"

loaded()
{
	[ -d /sys/module/ipvsdummy ]
}

unload()
{
	if loaded; then
		rmmod ipvsdummy || fail "cannot be unloaded"
	fi
}

test_devices()
{
	unload
	links+=" one two"
	expect modprobe ipvsdummy devices=one,two
	expect ip link show one type ipvsdummy
	expect ip link show two type ipvsdummy
}

# A wrong parameter fails the load with one clear line and leaves nothing.
bad_devices()
{
	dmesg -C
	refused "" modprobe ipvsdummy devices="$1"
	! loaded || fail "loaded with devices=$1"
	[ -z "$(ip -br link show type ipvsdummy 2>/dev/null)" ] ||
		fail "links left by devices=$1"
	dmesg | grep -qF "ipvsdummy: devices=$1: $2" ||
		fail "devices=$1: the log says $(dmesg | tail -n 1)"
}

test_bad_devices()
{
	unload
	bad_devices one,one "one is given twice"
	bad_devices one,two,one "one is given twice"
	bad_devices one,two,two "two is given twice"
	bad_devices one,,two "no interface name at offset 4"
	bad_devices one, "no interface name at offset 4"
	bad_devices ,one "no interface name at offset 0"
	bad_devices one/two "no interface name at offset 0"
	bad_devices one,. "no interface name at offset 4"
	bad_devices one,two%d "no interface name at offset 4"
	bad_devices one:1 "no interface name at offset 0"
	bad_devices a123456789012345 "no interface name at offset 0"
}

test_existing_device()
{
	unload
	new_link dummy taken
	links+=" free"
	expect modprobe ipvsdummy devices=taken,free
	expect ip link show taken type dummy
	expect ip link show free type ipvsdummy
	dmesg | grep -q 'ipvsdummy: devices: taken exists already' ||
		fail "no warning"
}

test_autoload()
{
	unload
	new_link ipvsdummy auto7
	loaded || fail "not loaded"
	ip link del auto7
	unload
	# by the family's name, as the tools ask for it
	expect modprobe net-pf-16-proto-16-family-ipvsdummy
	loaded || fail "no alias of the family"
}

test_pinned_by_a_link()
{
	modprobe ipvsdummy
	new_link ipvsdummy pin7
	refused "in use" rmmod ipvsdummy
	ip link del pin7
	unload
}

# Links of other namespaces pin nothing and go with the module.
test_unload_takes_links_elsewhere()
{
	local file=$tmp/events

	modprobe ipvsdummy
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect vip_add fd00:1::1/64 w0
	expect vip_add 10.1.0.2/32
	expect vip_add fd00:1::2/128
	refused "" vip_add 10.1.0.1/32
	follow "$file"
	unload
	refused "" here ip link show $dev
	wait_for saw "flagged resolved" "$file" 10.1.0.2
	wait_for unavailable 1 "$file"

	modprobe ipvsdummy
	new_link ipvsdummy $dev
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.3/32
	wait_for saw flagged "$file" 10.1.0.3
	equal 2 "$(jq -r '.instance // empty' "$file" | sort -u | wc -l)" \
		"instances"
	unload
	wait_for unavailable 2 "$file"
}

unavailable()
{
	[ "$(grep -c '"unavailable"' "$2")" = "$1" ]
}

# A namespace that ends takes everything with it; so does a link that moves.
test_namespace_ends()
{
	modprobe ipvsdummy
	for _ in 1 2 3 4 5; do
		new_netns
		new_link ipvsdummy $dev
		new_link veth w0 peer name w0p
		expect here ipvsdummyctl watch add w0
		expect vip_add 10.1.0.1/24 w0
		expect vip_add 10.1.0.2/32
		ip netns del "$ns"
		namespaces=${namespaces% *}
	done
	ns=''
	wait_for unload
}

test_link_moves()
{
	local from

	modprobe ipvsdummy
	new_netns
	from=$ns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect vip_add 10.1.0.2/32
	set_policy onlink reject host skip mode audit
	follow "$tmp/events"
	new_netns
	expect ip -n "$from" link set $dev netns "$ns"
	wait_for saw "flagged resolved" "$tmp/events" 10.1.0.2
	equal '["audit","skip","reject","reject","reject"]' "$(here ipvsdummyctl -j show |
		jq -c '.[0] | [.mode] + [.classes[].action // empty]')" "policy"
	expect vip_add 10.1.0.2/32
	is "" 10.1.0.2 || fail "a conflict of the other namespace"
	# into the initial namespace: now it pins the module
	expect here ip link set $dev netns 1
	refused "in use" rmmod ipvsdummy
	ip link del $dev
	ns=''
}

# As a node does it: the module makes the link, a file gives it its policy, and
# whatever binds the addresses comes after that.
test_policy_at_boot()
{
	unload
	new_link veth w0 peer name w0p
	expect vip_add 10.1.0.1/24 w0
	cat >"$tmp/$dev.conf" <<-END
		# read before anything is bound
		watch add w0
		set $dev onlink reject
		rule add $dev 10.1.0.64/26 allow
		rule add $dev 192.0.2.53 reject
	END
	links+=" $dev"
	expect modprobe ipvsdummy devices=$dev
	expect ipvsdummyctl -batch "$tmp/$dev.conf"
	refused "" vip_add 10.1.0.9/32
	refused "" vip_add 192.0.2.53/32
	expect vip_add 10.1.0.65/32
	is "rejected onlink w0" 10.1.0.9 || fail "not judged by the policy"
	is "rejected rule null" 192.0.2.53 || fail "not judged by its rules"
	is "" 10.1.0.65 || fail "$(state 10.1.0.65)"
	equal "" "$(ipvsdummyctl sync $dev "$tmp/$dev.conf")" "the same file"
	ip link del $dev
	expect ipvsdummyctl watch flush
	unload
}

test_load_and_unload_many_times()
{
	for _ in {1..20}; do
		unload
		expect modprobe ipvsdummy devices=many7
		expect vip_add 10.1.0.1/32 many7
		ip link del many7
	done
}

run_all test_devices test_bad_devices test_existing_device test_autoload \
	test_pinned_by_a_link test_unload_takes_links_elsewhere \
	test_namespace_ends test_link_moves test_policy_at_boot \
	test_load_and_unload_many_times
