#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: lane=follow part=valgrind timeout=2400
#
# The monitor in a storm: 50,000 conflicts at once, a million events.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.0.0.1/14
. "$(dirname "$0")/common.sh"

deadline=$((15 * deadline))

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect ctl watch add w0
	expect vip_add 10.0.0.1/14 w0
}

# requests VERB FIRST COUNT: for ip -batch
requests()
{
	seq "$2" $(($2 + $3 - 1)) | awk '{ printf "addr %s 10.%d.%d.%d/32 dev %s\n",
		verb, 1 + $1 / 65536, $1 / 256 % 256, $1 % 256, dev }' \
		verb="$1" dev=$dev
}

told()
{
	[ "$(tail -n 1 "$1" | jq .seq)" -ge "$2" ]
}

# All numbers come once, but for what is said to be lost: then the state stands
# for it. At the end what it told is what there is.
whole()
{
	local counts

	counts=$(jq -r '[.event, .seq, .count // 0, .address] | @tsv' "$1" |
		awk -F '\t' '$1 == "lost" {
			seq += $3; lost += $3; upto = seq
			split("", active)
			next
		}
		{
			if ($2 == seq + 1) {
				seq = $2; told++; upto = 0
			} else if ($2 > upto) {
				bad++
			}
		}
		$1 == "resolved" { delete active[$4]; next }
		$4 { active[$4] }
		END {
			print told + 0, "told,", lost + 0, "lost,", bad + 0,
				"twice or missing, last", seq
			for (address in active)
				print address >file
		}' file="$tmp/active")
	echo "# $counts"
	[[ $counts =~ ^([0-9]+)" told, "([0-9]+)" lost, 0 twice or missing, last $2"$ ]] ||
		fail "wanted $2"
	equal "$2" $((BASH_REMATCH[1] + BASH_REMATCH[2])) "told and lost"
	here ipvsdummy-mon --json | jq -r .address | sort >"$tmp/state"
	sort "$tmp/active" | cmp - "$tmp/state" || fail "the state is another one"
}

test_burst()
{
	setup
	requests add 2 50000 >"$tmp/batch"
	follow "$tmp/events"
	here ip -batch - <"$tmp/batch" &
	followers="$! $followers"
	wait_for has_lines "$tmp/events" 1000
	kill -STOP "${followers##* }"
	sleep 2	# that is the case in question
	kill -CONT "${followers##* }"
	wait "${followers%% *}" || fail batch
	followers=${followers#* }
	wait_for told "$tmp/events" 50000
	whole "$tmp/events" 50000
}

# begin NAME COMMAND...: a monitor that writes its files in the directory NAME
begin()
{
	local name=$1
	shift

	mkdir "$tmp/$name"
	ip netns exec "$ns" "$@" --follow --json --status "$tmp/$name/status" \
		--metrics "$tmp/$name/metrics" 2>"$tmp/$name/errors" \
		> >(exec tail -n 1 >"$tmp/$name/last") &
	followers+=" $!"
}

# end NAME PID: it told all or counted it as lost, and leaves nothing behind
end()
{
	local rc=0

	wait_for caught_up "$1"
	echo "# $1: $(jq .lost "$tmp/$1/status") lost"
	kill "$2"
	wait "$2" || rc=$?
	[ $rc = 0 ] && ! [ -s "$tmp/$1/errors" ] ||
		fail "$1: exit $rc: $(cat "$tmp/$1/errors")"
	wait_for has_lines "$tmp/$1/last" 1
	told "$tmp/$1/last" 1000000 || fail "$1: last: $(cat "$tmp/$1/last")"
}

# By what it tells and what it lost
caught_up()
{
	[ "$(awk '/^ipvsdummy_events_(total|lost_total)/ { n += $NF }
		END { print n }' "$tmp/$1/metrics")" = 1000000 ]
}

test_million()
{
	local i peak pids

	setup
	{ requests add 2 2000; requests del 2 2000; } >"$tmp/batch"
	begin plain ipvsdummy-mon
	begin asan /vm/asan/ipvsdummy-mon
	begin valgrind valgrind.bin -q --leak-check=full --error-exitcode=99 \
		"$(command -v ipvsdummy-mon)"
	wait_for joined
	for i in {1..250}; do
		here ip -batch - <"$tmp/batch" || fail batch
	done
	equal 1000000 "$(event_count)" events
	read -ra pids <<<"$followers"
	peak=$(awk '/^VmHWM/ { print $2 }' "/proc/${pids[0]}/status")
	echo "# $peak KiB resident"
	((peak < 8192)) || fail "resident: $peak KiB"
	end plain "${pids[0]}"
	end asan "${pids[1]}"
	end valgrind "${pids[2]}"
	followers=
}

run_all test_burst test_million
