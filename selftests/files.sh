#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the monitor keeps for other programs: status and metrics, and what it says
# to the journal and to syslog.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	guarded_netns
	status=$tmp/status metrics=$tmp/metrics
}

# monitor [ARGUMENT...]: it runs, and its files are there
monitor()
{
	rm -f "$status" "$metrics"
	ip netns exec "$ns" ipvsdummy-mon --follow --status "$status" \
		--metrics "$metrics" "$@" >"$tmp/out" 2>"$tmp/err" &
	followers+=" $!"
	wait_for test -e "$metrics"
}

# status_is WANTED FILTER
status_is()
{
	[ "$(jq -c "$2" "$status")" = "$1" ]
}

# metric NAME-AND-LABELS VALUE
metric()
{
	grep -qxF "ipvsdummy_$1 $2" "$metrics"
}

test_status()
{
	setup
	expect vip_add 10.1.0.2/32
	refused "" vip_add 10.1.0.1/32
	monitor
	# right from the first second: there is no second writing yet
	equal '[1,"following",1,"kube-ipvs0: rejected 10.1.0.1: host, address of w0"]' \
		"$(jq -c '[.v, .state, .exit, .message]' "$status")" "at first"
	equal '[{"info":1,"warning":0,"critical":1},0,0,[]]' \
		"$(jq -c '[.conflicts, .unrecorded, .lost, .unguarded]' \
		"$status")" counts
	equal '[{"dev":"kube-ipvs0","mode":"enforce","addresses":1}]' \
		"$(jq -c .links "$status")" links
	equal "$(here ipvsdummy-mon --json | jq -sc 'last.instance')" \
		"$(jq -c .instance "$status")" instance
	expect vip_del 10.1.0.2/32
	wait_for status_is 0 .conflicts.info
	expect here ip addr del 10.1.0.1/24 dev w0
	wait_for status_is '[0,"no address in conflict"]' '[.exit, .message]'
	expect here ip link del $dev
	new_link dummy $dev
	wait_for status_is \
		'[1,["kube-ipvs0"],"kube-ipvs0: unguarded, of kind dummy"]' \
		'[.exit, .unguarded, .message]'
}

test_modes()
{
	local file

	setup
	status=$tmp/status
	( umask 077; exec ip netns exec "$ns" timeout 2 ipvsdummy-mon --follow \
		--status "$status" --metrics "$metrics" >/dev/null )
	for file in "$status" "$metrics"; do
		equal 644 "$(stat -c %a "$file")" "mode of $file"
		[ ! -e "$file.new" ] || fail "left behind: $file.new"
	done
}

# Killed amid of it, and started again: as if nothing had been
test_crash()
{
	setup
	expect vip_add 10.1.0.2/32
	monitor
	kill -KILL "${followers##* }"
	wait "${followers##* }" 2>/dev/null
	followers=${followers% *}
	expect vip_del 10.1.0.2/32
	expect vip_add 10.1.0.3/32
	expect vip_add 10.1.0.4/32
	echo "half of a" >"$status.new"
	monitor
	status_is 2 .conflicts.info || fail "status: $(cat "$status")"
	metric 'link_events_total{dev="kube-ipvs0"}' 4 ||
		fail "metrics: $(cat "$metrics")"
	metric 'conflicts{dev="kube-ipvs0",class="onlink",action="flag",severity="info",would=""}' 2 ||
		fail "metrics: $(cat "$metrics")"
}

test_metrics()
{
	setup
	set_policy mode audit
	new_link ipvsdummy 'a"\'
	expect vip_add 10.1.0.2/32
	expect vip_add 10.1.0.1/32
	monitor
	metric up 1 || fail "$(cat "$metrics")"
	metric 'link_guarded{dev="kube-ipvs0"}' 1 || fail "guarded"
	metric 'link_guarded{dev="a\"\\x5c"}' 1 || fail "hostile name"
	metric 'link_enforces{dev="kube-ipvs0"}' 0 || fail "mode"
	metric 'link_addresses{dev="kube-ipvs0"}' 2 || fail "addresses"
	metric 'conflicts{dev="kube-ipvs0",class="host",action="flag",severity="critical",would="reject"}' 1 ||
		fail "would: $(cat "$metrics")"
	grep -qE '^ipvsdummy_build_info\{monitor="[^"]+",module="[^"]+"\} 1$' \
		"$metrics" || fail "versions"
	expect vip_del 10.1.0.2/32
	wait_for metric 'events_total{event="resolved",dev="kube-ipvs0",class="onlink",action="flag",severity="info",would=""}' 1
	metric 'conflicts{dev="kube-ipvs0",class="onlink",action="flag",severity="info",would=""}' 1 &&
		fail "resolved and still there"
	metric events_lost_total 0 || fail "lost"
	expect here ip link del $dev
	wait_for metric 'link_guarded{dev="kube-ipvs0"}' 0
}

# What cannot be written is said once, and all else goes on
test_cannot()
{
	setup
	mkdir "$tmp/none"
	status=$tmp/none/status
	monitor
	rm -r "$tmp/none"
	expect vip_add 10.1.0.2/32
	wait_for has_lines "$tmp/out" 1
	wait_for has_lines "$tmp/err" 1
	expect vip_add 10.1.0.3/32
	wait_for has_lines "$tmp/out" 2
	wait_for metric 'link_addresses{dev="kube-ipvs0"}' 2
	mkdir "$tmp/none"
	expect vip_add 10.1.0.4/32
	wait_for status_is 3 .conflicts.info
	equal "ipvsdummy-mon: $status: No such file or directory" \
		"$(cat "$tmp/err")" "on standard error"
	# nobody makes it write through a link of his own
	ln -s "$tmp/victim" "$status.new"
	expect vip_del 10.1.0.4/32
	wait_for has_lines "$tmp/err" 2
	[ ! -e "$tmp/victim" ] || fail "wrote through a link"
	for option in status metrics; do
		refused "$option: needs --follow" here ipvsdummy-mon \
			--$option "$status"
	done
}

# unavailable [ARGUMENT...]: the monitor is there before the module
unavailable()
{
	setup
	here ip link del $dev
	rmmod ipvsdummy || fail "cannot be unloaded"
	monitor "$@"
	status_is '[2,"unavailable","the ipvsdummy module is not loaded"]' \
		'[.exit, .state, .message]' || fail "status: $(cat "$status")"
	metric up 0 || fail "up"
	modprobe ipvsdummy
	wait_for status_is 0 .exit
	wait_for metric up 1
}

test_unavailable()
{
	[ -e /vm/job ] || return 0
	unavailable
}

# Nothing has happened since, which does not mean that nothing is new
test_unavailable_since()
{
	[ -e /vm/job ] || return 0
	unavailable --since 0
}

# systemd says in JOURNAL_STREAM what the journal is
test_journal()
{
	setup
	ip netns exec "$ns" env JOURNAL_STREAM="$(stat -c %d:%i "$tmp")" \
		ipvsdummy-mon --follow >"$tmp/no" &
	followers+=" $!"
	touch "$tmp/yes"
	ip netns exec "$ns" env JOURNAL_STREAM="$(stat -c %d:%i "$tmp/yes")" \
		ipvsdummy-mon --follow >"$tmp/yes" &
	followers+=" $!"
	wait_for joined
	expect vip_add 10.1.0.2/32
	refused "" vip_add 10.1.0.1/32
	expect here ip link del $dev
	wait_for has_lines "$tmp/yes" 5
	wait_for has_lines "$tmp/no" 5
	equal "<6>flagged <3>rejected <5>resolved <5>resolved <3>unguarded" \
		"$(sed -E 's/^(<.>).* (flagged|rejected|resolved|unguarded) .*/\1\2/' \
		"$tmp/yes" | xargs)" priorities
	grep -q '<' "$tmp/no" && fail "a priority that nobody takes"
	return 0
}

test_syslog()
{
	setup
	[ ! -e /dev/log ] || [ -e /vm/job ] || return 0
	socat -u UNIX-RECV:/dev/log "OPEN:$tmp/log,creat,append" &
	followers+=" $!"
	wait_for test -S /dev/log
	ip netns exec "$ns" ipvsdummy-mon --follow --syslog >"$tmp/out" &
	followers+=" $!"
	wait_for syslog_joined
	refused "" vip_add 10.1.0.1/32
	wait_for grep -qE '^<27>.*ipvsdummy-mon\[[0-9]+\]: kube-ipvs0: rejected 10.1.0.1: host, address of w0' \
		"$tmp/log"
	equal "" "$(cat "$tmp/out")" "on standard output"
}

syslog_joined()
{
	followers=x joined
}

run_all test_status test_modes test_crash test_metrics test_cannot \
	test_unavailable test_unavailable_since test_journal test_syslog
