#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The monitor goes on where somebody has read to: an event's number, a time, or the
# cursor that it keeps itself.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

# follow_on NAME ARGUMENT...: a monitor in the background, its events in NAME
follow_on()
{
	ip netns exec "$ns" ipvsdummy-mon --follow --json "${@:2}" \
		>>"$tmp/$1" 2>"$tmp/err" &
	followers+=" $!"
}

stop()
{
	local pid=${followers##* }

	kill "-${1:-TERM}" "$pid"
	wait "$pid"
	followers=${followers% *}
}

# numbers WANTED NAME: of the events there
numbers()
{
	[ "$(jq .seq "$tmp/$2" | xargs)" = "$1" ]
}

# tells_only_after NUMBER NAME: what is yet to come goes there, nothing that was
tells_only_after()
{
	wait_for told "$2"
	[ "$(jq -s .[0].seq "$tmp/$2")" -gt "$1" ] || fail "$2: $(cat "$tmp/$2")"
}

# Something happens until the monitor is there to tell it
told()
{
	expect vip_add 10.1.0.9/32
	expect vip_del 10.1.0.9/32
	[ -s "$tmp/$1" ]
}

test_number()
{
	local i

	guarded_netns
	for i in 2 3 4; do
		expect vip_add 10.1.0.$i/32
	done
	follow_on one --since 1
	wait_for numbers "2 3" one
	expect vip_del 10.1.0.3/32
	wait_for numbers "2 3 4" one
	follow_on none --since 4
	expect vip_del 10.1.0.2/32
	wait_for numbers 5 none
	follow_on all --since 0
	wait_for numbers "1 2 3 4 5" all
	follow_on future --since 99
	tells_only_after 5 future
}

test_time()
{
	local time

	guarded_netns
	expect vip_add 10.1.0.2/32
	expect vip_add 10.1.0.3/32
	follow_on all --since 1970-01-01T00:00:00Z
	wait_for numbers "1 2" all
	time=$(jq -sr '.[1].time' "$tmp/all")
	follow_on later --since "$time"
	wait_for numbers 2 later
	# the same time, as others write it
	time=$(date -u -d "${time%Z}Z + 2 hours" +%Y-%m-%dT%H:%M:%S.%3N+02:00)
	follow_on east --since "$time"
	wait_for numbers 2 east
	follow_on future --since 2999-01-01T00:00:00Z
	tells_only_after 2 future
}

# What the ring has no more is told as lost, and the state stands for it
test_too_old()
{
	guarded_netns
	churn 2100
	expect vip_add 10.1.0.2/32
	follow_on old --since 3
	wait_for has_lines "$tmp/old" 4097
	equal '["lost",102,null]' "$(head -n 1 "$tmp/old" |
		jq -c '[.event, .count, .dev]')" first
	follow_on time --since 2000-01-01T00:00:00Z
	wait_for has_lines "$tmp/time" 4097
	equal '["lost",105]' "$(head -n 1 "$tmp/time" |
		jq -c '[.event, .count]')" first
}

cursor_is()
{
	[[ $(head -n 1 "$tmp/cursor" 2>/dev/null) =~ ^[0-9a-f]{16}:$1$ ]]
}

test_cursor()
{
	guarded_netns
	expect vip_add 10.1.0.2/32
	follow_on events --cursor "$tmp/cursor"
	wait_for numbers 1 events
	wait_for cursor_is 1
	equal 644 "$(stat -c %a "$tmp/cursor")" mode
	expect vip_add 10.1.0.3/32
	wait_for numbers "1 2" events
	stop
	cursor_is 2 || fail "cursor at its end: $(cat "$tmp/cursor")"
	# while there is none
	expect vip_del 10.1.0.2/32
	follow_on events --cursor "$tmp/cursor"
	wait_for numbers "1 2 3" events
	stop INT
	# nothing happened: nothing is told, not even the state
	follow_on events --cursor "$tmp/cursor"
	expect vip_del 10.1.0.3/32
	wait_for numbers "1 2 3 4" events
	wait_for cursor_is 4
	# killed: what is told after the cursor comes again, nothing is missing
	stop KILL
	expect vip_add 10.1.0.2/32
	follow_on events --cursor "$tmp/cursor"
	wait_for numbers "1 2 3 4 5" events
	# an option says more than a file
	follow_on again --cursor "$tmp/cursor" --since 3
	wait_for numbers "4 5" again
}

# Of a module that was there before
test_other_instance()
{
	guarded_netns
	expect vip_add 10.1.0.2/32
	echo 0123456789abcdef:7 >"$tmp/cursor"
	follow_on events --cursor "$tmp/cursor"
	wait_for has_lines "$tmp/events" 2
	equal "lost flagged" "$(jq -r .event "$tmp/events" | xargs)" events
	wait_for cursor_is 1
}

# The numbers are of a namespace that is no more: those of the new one began again.
test_other_netns()
{
	guarded_netns
	churn 5
	follow_on events --cursor "$tmp/cursor"
	wait_for cursor_is 10
	stop
	guarded_netns
	expect vip_add 10.1.0.2/32
	follow_on others --cursor "$tmp/cursor"
	wait_for has_lines "$tmp/others" 2
	equal "lost flagged" "$(jq -r .event "$tmp/others" | xargs)" events
	wait_for cursor_is 1
}

# The end comes amid the state that stands for what is lost, as nobody reads it: it is
# not told, and neither is what was lost.
test_end_of_lost()
{
	guarded_netns
	expect vip_add 10.1.2.1/24 w0
	seq 2 250 | sed "s|.*|addr add 10.1.2.&/32 dev $dev|" |
		here ip -batch - || fail "no addresses"
	churn 2100
	mkfifo "$tmp/pipe"
	ip netns exec "$ns" ipvsdummy-mon --follow --json --since 3 \
		--cursor "$tmp/cursor" >"$tmp/pipe" &
	followers+=" $!"
	exec 7<"$tmp/pipe"
	read -r line <&7
	equal lost "$(jq -r .event <<<"$line")" first
	stop
	exec 7<&-
	cursor_is 3 || fail "cursor at its end: $(cat "$tmp/cursor")"
	follow_on again --cursor "$tmp/cursor"
	wait_for has_lines "$tmp/again" $((1 + 249 + 4096))
	equal "lost flagged" "$(head -n 2 "$tmp/again" | jq -r .event | xargs)" \
		"first ones"
}

test_wrong()
{
	local text

	guarded_netns
	for text in "" x -1 1x 2026-13-01T00:00:00Z 2026-11-24T08:30:00 \
		2026-11-24 99999999999999999999; do
		refused "no number of an event, nor a time" \
			here ipvsdummy-mon --follow --since "$text"
	done
	for text in "" x 1 0123456789abcdef: :1 0123456789abcde:1 \
		0123456789abcdeg:1 "0123456789abcdef:1 2"; do
		echo "$text" >"$tmp/cursor"
		refused "$tmp/cursor: no cursor" \
			here ipvsdummy-mon --follow --cursor "$tmp/cursor"
	done
	refused "since: needs --follow" here ipvsdummy-mon --since 1
	refused "cursor: needs --follow" here ipvsdummy-mon --cursor x
	# one that cannot be kept is said once, and all else goes on
	follow_on events --cursor "$tmp/none/cursor"
	expect vip_add 10.1.0.2/32
	wait_for numbers 1 events
	expect vip_add 10.1.0.3/32
	wait_for numbers "1 2" events
	wait_for has_lines "$tmp/err" 1
	stop
	equal "ipvsdummy-mon: $tmp/none/cursor: No such file or directory" \
		"$(cat "$tmp/err")" "on standard error"
}

run_all test_number test_time test_too_old test_cursor test_other_instance \
	test_other_netns test_end_of_lost test_wrong
