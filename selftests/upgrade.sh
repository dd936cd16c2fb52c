#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=300
#
# upgrade: the module that is installed now in the place of the one that is
# loaded, and everything is kept. The other version is the module with its unit
# tests.
. "$(dirname "$0")/upgrade-common.sh"

# installs FILE: another module is there to be loaded
installs()
{
	install -m 644 "$1" "$installed"
}

version()
{
	ctl -j version | jq -r '.module // "none"'
}

# What would be another one after any change
untouched()
{
	ip -o link show $dev
	ctl save $dev
	version
	ls $unfinished 2>&1
}

# refused_upgrade WORDS ARGUMENT...: one line has these words, nothing changes
refused_upgrade()
{
	local words=$1 out rc=0 before
	shift

	before=$(untouched)
	out=$("${as[@]}" ipvsdummyctl upgrade "$@" 2>&1) || rc=$?
	equal 2 $rc "exit of upgrade $*"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "upgrade $*: $out, not $words"
	equal "$before" "$(untouched)" "after upgrade $*"
}

# Each pass that saw a VIP that is not local
look_for_losses()
{
	printf 'route get %s\n' $vips >"$tmp/gets"
	until [ -e "$tmp/stop" ]; do
		[ "$(ip -batch "$tmp/gets" 2>&1 | grep -c ^local)" = 8 ] ||
			echo lost >>"$tmp/lost"
		echo >>"$tmp/passes"
	done
}

# The holder binds one after another, by name, and unbinds every other
hold()
{
	local i

	for ((i = 1; i < 250; i++)); do
		[ ! -e "$tmp/stop" ] || break
		busywait ip addr add 10.3.1.$i/32 dev $dev
		if ((i % 2)); then
			echo "10.3.1.$i" >>"$tmp/held"
		else
			busywait ip addr del 10.3.1.$i/32 dev $dev
		fi
	done 2>/dev/null
}

test_upgrade()
{
	local looking holding

	setup
	setup_policy
	all >"$tmp/before"
	ip netns exec "$client" ping -q -i 0.05 10.2.0.1 >"$tmp/ping" &
	followers=" $!"
	touch "$tmp"/{passes,held}
	look_for_losses &
	looking=$!
	hold &
	holding=$!
	wait_for has_lines "$tmp/passes" 2
	wait_for has_lines "$tmp/held" 2
	installs /vm/debug/ipvsdummy.ko
	ctl -j upgrade $dev >"$tmp/out" || fail "upgrade"
	wait_for has_lines "$tmp/held" $(($(wc -l <"$tmp/held") + 2))
	touch "$tmp/stop"
	wait $holding $looking
	kill -INT $followers
	# shellcheck disable=SC2086 # a list
	wait $followers
	followers=
	[ ! -e "$tmp/lost" ] || fail "$(wc -l <"$tmp/lost") passes of" \
		"$(wc -l <"$tmp/passes") saw a VIP that was not local"
	grep -q ' 0% packet loss' "$tmp/ping" || fail "$(grep loss "$tmp/ping")"
	echo "# $(wc -l <"$tmp/passes") passes, $(wc -l <"$tmp/held") held," \
		"$(grep loss "$tmp/ping")"

	equal '["vm","debug",["kube-ipvs0"]]' "$(jq -c \
		'[.before, .module, [.links[].dev]]' "$tmp/out")" result
	equal "$(sort "$tmp/held")" "$(ip -j addr show dev $dev |
		jq -r '.[].addr_info[]?.local' | grep '^10\.3\.1\.' |
		sort)" "what the holder bound"
	while read -r address; do
		vip_del "$address/32"
	done <"$tmp/held"
	same "after the upgrade"
	[ ! -e $unfinished ] || fail "a file is left"
	# policy is in force
	refused "" vip_add 10.3.7.1/32
}

test_all_links()
{
	local as=()

	setup
	setup_policy
	new_link ipvsdummy second
	expect vip_add 10.2.0.9/32 second
	expect ctl set second mode audit gateway flag
	refused_upgrade "second: keeps the module" $dev
	all >"$tmp/before"
	ctl save second >"$tmp/second"
	installs /vm/debug/ipvsdummy.ko
	ctl upgrade >"$tmp/out" || fail "upgrade of all"
	equal "module debug, before vm" "$(head -n 1 "$tmp/out")" "said"
	grep -q '^second: .* 1 addresses' "$tmp/out" || fail "$(cat "$tmp/out")"
	same "after the upgrade of all"
	equal "$(cat "$tmp/second")" "$(ctl save second)" "the other's policy"
}

test_refused()
{
	local as=()

	setup
	setup_policy
	refused_upgrade "no link of kind ipvsdummy" w0
	refused_upgrade "no link of kind ipvsdummy" nosuch
	refused_upgrade "not an interface name" a123456789012345
	refused_upgrade "only one link" $dev more
	as=(setpriv --bounding-set -sys_module)
	refused_upgrade "not permitted" $dev
	as=()
	rm "$installed"
	refused_upgrade "none to load" $dev
	installs "$tmp/module"
	expect ip -n "$client" link add there type ipvsdummy
	refused_upgrade "there: is in the network namespace" $dev
	as=(ip netns exec "$client")
	refused_upgrade "$dev: is in the network namespace"
	expect ip -n "$client" link del there
	refused_upgrade "no links"
	as=()
}

test_cannot_load()
{
	setup
	setup_policy
	all >"$tmp/before"
	# what is wrong is not to be seen before
	echo "options ipvsdummy devices=," >/etc/modprobe.d/upgrade.conf
	refused "the policy is in $unfinished" ctl upgrade $dev
	equal dummy "$(kind)" kind
	all_local "without a module"
	equal none "$(version)" version
	refused "finish the other one" ctl upgrade second
	refused "not loaded" ctl upgrade
	expect vip_add 10.3.0.1/32
	rm /etc/modprobe.d/upgrade.conf
	# not by the one that was loaded in between
	expect modprobe ipvsdummy
	installs /vm/debug/ipvsdummy.ko
	expect ctl upgrade $dev
	equal debug "$(version)" version
	expect vip_del 10.3.0.1/32
	same "after it went on"

	# by hand
	echo "options ipvsdummy devices=," >/etc/modprobe.d/upgrade.conf
	refused "go on with ipvsdummyctl upgrade" ctl upgrade $dev
	rm /etc/modprobe.d/upgrade.conf
	expect modprobe ipvsdummy
	expect ctl adopt $dev
	expect ctl -batch $unfinished
	same "done by hand"
	# which the next one finds
	expect ctl rule flush
	all >"$tmp/before"
	expect ctl upgrade $dev
	same "the policy by hand"
}

run_all test_upgrade test_all_links test_refused test_cannot_load
