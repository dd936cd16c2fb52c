#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The fate of links: the monitor tells when nobody judges what is bound to them.
#
#   netns $ns:  kube-ipvs0 and others (ipvsdummy, dummy)
. "$(dirname "$0")/common.sh"

# told FILE MESSAGE...: these events about links, in this order, and no other
told()
{
	local file=$1
	shift

	[ "$(jq -r 'select(.address == null) | "\(.event) \(.message)"' \
		"$file")" = "$(printf '%s\n' "$@")" ]
}

swap_in()
{
	expect here ip link del "$1"
	new_link "$2" "$1"
}

test_deleted()
{
	new_netns
	new_link ipvsdummy $dev
	new_link ipvsdummy vip0
	follow "$tmp/events"
	expect here ip link del $dev
	set -- "unguarded link $dev is gone"
	wait_for told "$tmp/events" "$@"
	new_link dummy $dev
	set -- "$@" "unguarded link $dev is of kind dummy"
	wait_for told "$tmp/events" "$@"
	swap_in $dev ipvsdummy
	set -- "$@" "resolved link $dev is not unguarded any more"
	wait_for told "$tmp/events" "$@"
	expect here ip link del vip0
	set -- "$@" "unguarded link vip0 is gone"
	wait_for told "$tmp/events" "$@"
	equal '["critical","vip0",true]' "$(jq -sc 'last |
		[.severity, .dev, (.time | endswith("Z"))]' "$tmp/events")" keys
}

# What holders make, and what nobody ever guarded
test_conventional()
{
	local name

	new_netns
	for name in $dev kube-dummy-if other; do
		new_link dummy $name
	done
	refused "unguarded  critical  -  " here ipvsdummy-mon
	equal "unguarded $dev dummy
unguarded kube-dummy-if dummy" "$(here ipvsdummy-mon --json |
		jq -r '"\(.event) \(.dev) \(.message | split(" ") | last)"')" \
		listing
	follow "$tmp/events"
	set -- "unguarded link $dev is of kind dummy" \
		"unguarded link kube-dummy-if is of kind dummy"
	wait_for told "$tmp/events" "$@"
	expect here ip link del kube-dummy-if
	expect here ip link del other
	set -- "$@" "resolved link kube-dummy-if is not unguarded any more"
	wait_for told "$tmp/events" "$@"
}

# One that comes, and is renamed. The monitor waits a moment before it believes
# that a name is to stay.
test_learned()
{
	new_netns
	ip netns exec "$ns" ipvsdummy-mon --follow --json \
		--metrics "$tmp/metrics" >"$tmp/events" &
	followers+=" $!"
	wait_for joined
	new_link ipvsdummy vip0
	new_link dummy vip2
	wait_for guards vip0
	expect here ip link set vip0 name vip1
	wait_for told "$tmp/events" "unguarded link vip0 is gone"
	wait_for guards vip1
	expect here ip link del vip1
	wait_for told "$tmp/events" "unguarded link vip0 is gone" \
		"unguarded link vip1 is gone"
	! grep -q vip2 "$tmp/metrics" || fail "looks after a dummy"
}

guards()
{
	grep -q "^ipvsdummy_link_guarded{dev=\"$1\"} 1$" "$tmp/metrics"
}

# A link that comes while more are told of than the monitor has room for
test_overrun()
{
	new_netns
	chmod 711 "$tmp"
	mkdir -m 777 "$tmp/files"
	ln -s files/metrics "$tmp/metrics"
	ip netns exec "$ns" setpriv --reuid 65534 --clear-groups \
		ipvsdummy-mon --follow --json --metrics "$tmp/files/metrics" \
		>"$tmp/events" &
	followers+=" $!"
	wait_for joined
	kill -STOP "${followers##* }"
	seq 500 | sed 's/.*/link add d& type dummy/' | here ip -batch - ||
		fail "no links"
	new_link ipvsdummy vip0
	kill -CONT "${followers##* }"
	wait_for guards vip0
	expect here ip link del vip0
	wait_for told "$tmp/events" "unguarded link vip0 is gone"
}

# Between its steps a swap has links of other names, and none of that name
test_swaps()
{
	new_netns
	new_link dummy $dev
	expect vip_add 10.1.0.9/32
	follow "$tmp/events"
	set -- "unguarded link $dev is of kind dummy"
	wait_for told "$tmp/events" "$@"
	expect ctl adopt $dev
	set -- "$@" "resolved link $dev is not unguarded any more"
	wait_for told "$tmp/events" "$@"
	expect ctl release $dev
	set -- "$@" "unguarded link $dev is of kind dummy"
	wait_for told "$tmp/events" "$@"
	expect ctl adopt $dev
	set -- "$@" "resolved link $dev is not unguarded any more"
	wait_for told "$tmp/events" "$@"
}

# A filter hides addresses, not that nobody looks at them
test_filters()
{
	new_netns
	new_link dummy $dev
	refused unguarded here ipvsdummy-mon --dev other --class gateway
	refused unguarded here ipvsdummy-mon --event resolved \
		--min-severity critical
}

# monitor FILE: one that keeps how far it is
monitor()
{
	ip netns exec "$ns" ipvsdummy-mon --follow --json \
		--cursor "$tmp/cursor" --metrics "$tmp/metrics" >"$1" &
	followers+=" $!"
}

end_monitor()
{
	kill "${followers##* }"
	wait "${followers##* }" || fail "the monitor fails"
	followers=${followers% *}
}

keeps()
{
	[ "$(sed 1d "$tmp/cursor")" = "$1" ]
} 2>/dev/null

# What becomes of links while there is no monitor it tells when it is back, and no
# more what it has told
test_restart()
{
	local name

	new_netns
	for name in $dev vip0 vip1 vip2; do
		new_link ipvsdummy $name
	done
	monitor "$tmp/events"
	wait_for keeps "guarded $dev
guarded vip0
guarded vip1
guarded vip2"
	expect here ip link del vip2
	wait_for told "$tmp/events" "unguarded link vip2 is gone"
	new_link dummy vip2
	wait_for told "$tmp/events" "unguarded link vip2 is gone" \
		"unguarded link vip2 is of kind dummy"
	end_monitor
	keeps "guarded $dev
guarded vip0
guarded vip1
unguarded vip2" || fail "kept: $(cat "$tmp/cursor")"

	swap_in $dev dummy
	swap_in vip0 dummy
	expect here ip link del vip1
	monitor "$tmp/events"
	wait_for told "$tmp/events" "unguarded link $dev is of kind dummy" \
		"unguarded link vip0 is of kind dummy" \
		"unguarded link vip1 is gone"
	end_monitor

	swap_in vip0 ipvsdummy
	monitor "$tmp/events"
	wait_for told "$tmp/events" "resolved link vip0 is not unguarded any more"
	wait_for grep -q 'link_guarded{dev="vip2"} 0' "$tmp/metrics"
	wait_for keeps "unguarded $dev
guarded vip0
unguarded vip2"
	told "$tmp/events" "resolved link vip0 is not unguarded any more" ||
		fail "told: $(cat "$tmp/events")"
}

# Without the module nobody guards anything, which is told once, too
test_restart_without_module()
{
	new_netns
	new_link ipvsdummy vip0
	monitor "$tmp/events"
	wait_for keeps "guarded vip0"
	trap 'cleanup; modprobe ipvsdummy' EXIT
	expect rmmod ipvsdummy
	wait_for told "$tmp/events" "unavailable the ipvsdummy module is not loaded" \
		"unguarded link vip0 is gone"
	end_monitor
	keeps "" || fail "kept: $(cat "$tmp/cursor")"
}

run_all test_deleted test_conventional test_learned test_overrun test_swaps \
	test_filters test_restart test_restart_without_module
