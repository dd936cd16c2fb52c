#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: timeout=240
#
# ipvsdummy-mon: what it prints, when it exits and how, what it does when it
# missed something.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	guarded_netns
	expect vip_add fd00:1::1/64 w0
}

nobody()
{
	here setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# exits CODE COMMAND...: its output is in $out
exits()
{
	local want=$1 got=0
	shift

	out=$(here "$@" 2>&1) || got=$?
	[ $got = "$want" ] || fail "$*: exit $got, not $want: $out"
}

# says CODE WORDS COMMAND...: one line with these words
says()
{
	local words=$2

	exits "$1" "${@:3}"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "${*:3}: $out, not $words"
}

test_exit_codes()
{
	setup
	exits 0 ipvsdummy-mon
	expect vip_add 10.1.0.2/32
	exits 0 ipvsdummy-mon
	exits 1 ipvsdummy-mon --min-severity info
	refused "" vip_add 10.1.0.1/32
	exits 1 ipvsdummy-mon
	exits 1 ipvsdummy-mon --min-severity critical
	exits 0 ipvsdummy-mon --class onlink
	exits 0 ipvsdummy-mon --dev other
	says 2 wrong ipvsdummy-mon --class wrong
	says 2 wrong ipvsdummy-mon --min-severity wrong
	says 2 wrong ipvsdummy-mon --event wrong
	says 2 wrong ipvsdummy-mon wrong
	exits 0 ipvsdummy-mon --help
	exits 0 ipvsdummy-mon --version
}

test_listing()
{
	local now keys

	setup
	refused "" vip_add 10.1.0.1/32
	refused "" vip_add 10.1.0.1/32
	expect vip_add fd00:1::2/128
	exits 1 ipvsdummy-mon
	[[ $(sed -n 1p <<<"$out") =~ \
		^20[0-9-]+\ [0-9:.]+\ +rejected\ +critical\ +10.1.0.1\ +$dev\ +host\ +address\ of\ w0\ +\(?x2\)?$ ]] ||
		fail "first line: $out"
	[[ $(sed -n 2p <<<"$out") =~ \
		\ flagged\ +info\ +fd00:1::2\ +$dev\ +onlink\ +prefix\ fd00:1::/64\ of\ w0$ ]] ||
		fail "second line: $out"

	exits 1 ipvsdummy-mon --json
	now=$(date -u +%Y-%m-%dT%H:)
	keys=$(jq -sc '.[0] | keys_unsorted' <<<"$out")
	equal '["v","seq","instance","time","event","severity","message","since","dev","ifindex","family","address","class","action","evidence","match_dev","match_prefix","count"]' \
		"$keys" keys
	equal '[1,1,"rejected","critical","rejected 10.1.0.1: host, address of w0","kube-ipvs0","inet","10.1.0.1","host","reject","address","w0","10.1.0.1/32",2]' \
		"$(jq -sc '.[0] | [.v, .seq, .event, .severity, .message, .dev,
			.family, .address, .class, .action, .evidence,
			.match_dev, .match_prefix, .count]' <<<"$out")" values
	[[ $(jq -rs '.[0].time' <<<"$out") =~ ^"$now"[0-9:]+\.[0-9]{3}Z$ ]] ||
		fail "time: $out"
	[[ $(jq -rs '.[0].instance' <<<"$out") =~ ^[0-9a-f]{16}$ ]] ||
		fail "instance: $out"
}

# What another station has, for sure and maybe
test_stations()
{
	local lladdr=52:54:00:12:34

	setup
	expect here ip link set w0 up
	expect here ip link set w0p up
	expect here ip neigh add 10.1.0.8 lladdr $lladdr:08 dev w0 nud permanent
	expect here ip neigh add 10.1.0.9 lladdr $lladdr:09 dev w0 nud stale
	expect here ip neigh add fd00:1::9 lladdr $lladdr:09 dev w0 nud stale
	expect here ip route add default via 10.1.0.254
	expect vip_add 10.1.0.9/32
	exits 1 ipvsdummy-mon
	exits 0 ipvsdummy-mon --min-severity critical
	expect vip_add fd00:1::9/128
	refused "" vip_add 10.1.0.8/32
	refused "" vip_add 10.1.0.254/32
	exits 1 ipvsdummy-mon --json --class neigh,gateway
	equal 'critical rejected 10.1.0.8: neigh, 52:54:00:12:34:08 on w0
warning flagged 10.1.0.9: neigh, 52:54:00:12:34:09 on w0
critical rejected 10.1.0.254: gateway, default route by w0
warning flagged fd00:1::9: neigh, 52:54:00:12:34:09 on w0' \
		"$(jq -r '"\(.severity) \(.message)"' <<<"$out")" messages
	equal '["neigh","reject","neigh","w0","10.1.0.8/32","52:54:00:12:34:08"]
["gateway","reject","route","w0","10.1.0.254/32",null]' \
		"$(jq -c 'select(.severity == "critical") | [.class, .action,
			.evidence, .match_dev, .match_prefix, .lladdr]' \
			<<<"$out")" values
	exits 1 ipvsdummy-mon
	grep -q "rejected  *critical  *10.1.0.8 .* neigh  *$lladdr:08 on w0$" \
		<<<"$out" || fail "text: $out"
}

# Refused at first: an event of its own action
test_verify()
{
	setup
	set_policy onlink verify
	refused "" vip_add 10.1.0.9/32
	exits 0 ipvsdummy-mon --json
	equal '["rejected","verify","onlink","info"]' \
		"$(jq -c '[.event, .action, .class, .severity]' <<<"$out")" event
	set_policy mode audit
	expect vip_add 10.1.0.7/32
	equal '["flagged","flag","verify"]' "$(here ipvsdummy-mon --json |
		jq -c 'select(.address == "10.1.0.7") |
			[.event, .action, .would]')" audit
}

test_filters()
{
	setup
	new_link ipvsdummy kube-ipvs1
	refused "" vip_add 10.1.0.1/32
	expect vip_add 10.1.0.2/32
	expect vip_add 10.1.0.3/32 kube-ipvs1
	count 3
	count 2 --dev $dev
	count 1 --dev kube-ipvs1
	count 2 --class onlink
	count 1 --class host
	count 1 --event rejected
	count 2 --event flagged
	count 0 --event resolved
	count 1 --event flagged --dev kube-ipvs1
	count 3 --dev kube-ipvs1,$dev
	count 3 --class host,onlink
	count 0 --class gateway,neigh
	count 3 --event resolved,flagged,rejected
}

count()
{
	local want=$1 got
	shift

	got=$(here ipvsdummy-mon --json "$@" | wc -l)
	equal "$want" "$got" "lines with $*"
}

test_unprivileged()
{
	setup
	expect vip_add 10.1.0.2/32
	expect nobody ipvsdummy-mon
	expect nobody ipvsdummyctl show
	expect nobody ipvsdummyctl check $dev 10.1.0.9
	refused "CAP_NET_ADMIN" nobody ipvsdummyctl set $dev mode audit
	refused "CAP_NET_ADMIN" nobody ipvsdummyctl watch add x
	# root of a user namespace of his own: may do as he likes in his own
	# network, and nothing in this one
	refused "CAP_NET_ADMIN" here unshare --user --map-root-user \
		ipvsdummyctl set $dev mode audit
	expect here unshare --user --map-root-user --net sh -c \
		"ip link add own type ipvsdummy && ipvsdummyctl set own mode audit"
}

test_follow_quits()
{
	local rc

	setup
	for signal in INT TERM; do
		follow "$tmp/out"
		kill -$signal "${followers##* }"
		wait "${followers##* }"
		rc=$?
		followers=${followers% *}
		equal 0 $rc "SIG$signal"
	done
	expect vip_add 10.1.0.2/32
	expect vip_add 10.1.0.3/32
	# the reader goes, so it goes, without a word
	here timeout "$deadline" ipvsdummy-mon --follow 2>"$tmp/err" |
		head -n 1 >/dev/null
	wait_for vips_until_gone
	[ ! -s "$tmp/err" ] || fail "$(cat "$tmp/err")"
}

vips_until_gone()
{
	vip_add 10.1.0.4/32
	vip_del 10.1.0.4/32
	! pgrep -x ipvsdummy-mon >/dev/null
}

# Interface names are somebody's input, too.
test_hostile_names()
{
	local name=$'a"\\\e[31m\xff'

	setup
	expect here ip link add name "$name" type ipvsdummy
	expect vip_add 10.1.0.2/32 "$name"
	exits 0 ipvsdummy-mon
	[[ $out != *$'\e'* ]] || fail "raw escape: $out"
	exits 0 ipvsdummy-mon --json
	expect jq -e .dev <<<"$out"
	expect here ipvsdummyctl -j show
	exits 0 ipvsdummyctl show
	[[ $out != *$'\e'* ]] || fail "raw escape: $out"
}

# A follower that was stopped while more happened than its socket holds, or
# than the ring holds, tells what it missed and ends with the right state.
overrun()
{
	local file=$1 follower=${followers##* } last

	kill -STOP "$follower"
	churn "$2"
	expect vip_add 10.1.0.2/32
	kill -CONT "$follower"
	last=$(event_count)
	wait_for told "$last" "$file"
	# what is told plus what is said to be lost is all there was
	equal "$last" "$(jq -s 'reduce .[] as $e ({ seq: 0, bad: false };
		if $e.event == "lost" then
			.seq += $e.count | .lost = .seq
		elif $e.seq == .seq + 1 then .seq = $e.seq
		elif .lost and $e.seq <= .lost then .
		else .bad = true end) |
		if .bad then "gap" else .seq end' "$file")" "numbers"
	expect vip_del 10.1.0.2/32
}

told()
{
	[ "$(tail -n 1 "$2" | jq .seq)" -ge "$1" ]
}

test_overrun()
{
	setup
	# without a privilege, so with a small buffer; no filter hides a loss
	nobody ipvsdummy-mon --follow --json --event flagged,resolved \
		>"$tmp/events" &
	wait_for joined_by_nobody
	followers+=" $(pgrep -n -x ipvsdummy-mon)"
	overrun "$tmp/events" 1000
	! grep -q '"lost"' "$tmp/events" || fail "lost what the ring has"
	overrun "$tmp/events" 5000
	grep -q '"lost"' "$tmp/events" || fail "nothing lost?"
}

joined_by_nobody()
{
	pgrep -x ipvsdummy-mon >/dev/null && followers=x joined
}

test_unavailable()
{
	[ -e /vm/job ] || return 0
	new_netns
	rmmod ipvsdummy || fail "cannot be unloaded"
	exits 2 ipvsdummy-mon
	says 2 "module" ipvsdummyctl show
	ip netns exec "$ns" ipvsdummy-mon --follow --json --class host \
		>"$tmp/events" &
	followers+=" $!"
	wait_for has_lines "$tmp/events" 1
	equal '["unavailable","critical"]' \
		"$(jq -c '[.event, .severity]' "$tmp/events")" "without module"
	modprobe ipvsdummy
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	refused "" vip_add 10.1.0.1/32
	wait_for saw rejected "$tmp/events" 10.1.0.1
	equal 2 "$(wc -l <"$tmp/events")" lines
}

run_all test_exit_codes test_listing test_stations test_verify test_filters test_unprivileged \
	test_follow_quits test_hostile_names test_overrun test_unavailable
