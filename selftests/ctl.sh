#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ipvsdummyctl: words, abbreviations, what it shows, and what it says to what
# it cannot do.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
}

policy()
{
	ctl -j show $dev | jq -c '.[0] | [.mode] +
		[.classes[].action // empty] + [.arp_reply, .probe]'
}

test_set()
{
	setup
	equal '["enforce","reject","flag","reject","reject","normal","off"]' \
		"$(policy)" default
	expect ctl set $dev mode audit host skip onlink verify gateway flag \
		neigh allow arp-reply never probe on
	equal '["audit","skip","verify","flag","allow","never","on"]' \
		"$(policy)" set
	expect ctl set $dev onlink allow
	equal '["audit","skip","allow","flag","allow","never","on"]' \
		"$(policy)" "one of them"
	expect ctl se $dev m e ho fl o fl g r n f a u p of
	equal '["enforce","flag","flag","reject","flag","uncontested","off"]' \
		"$(policy)" abbreviated
}

test_wrong_words()
{
	setup
	all_wrong <<-END
		frobnicate | frobnicate
		purple | set $dev mode purple
		purple | set $dev host purple
		purple | set $dev purple reject
		mode | set $dev mode
		mode | set $dev mode audit mode audit
		host | set $dev host flag host flag
		skip | set $dev onlink skip
		onlink skip | set $dev mode audit host s onlink s
		gateway skip | set $dev gateway skip
		neigh verify | set $dev neigh verify onlink verify
		host verify | set $dev mode audit host verify
		without a way to reply | set $dev arp-reply
		sometimes: not a way to reply | set $dev arp-reply sometimes
		maybe: not on or off | set $dev probe maybe
		o: ambiguous: off, on | set $dev probe o
		probe: given twice | set $dev probe on probe off
		nosuch | set nosuch mode audit
		w0 | set w0 mode audit
		lo | show lo
		a123456789012345 | show a123456789012345
		300.1.1.1 | check $dev 300.1.1.1
		10.0.0.1/32 | check $dev 10.0.0.1/32
		w0 | watch add w0
		other | watch del other
		a b | watch add "a b"
		a*b: an asterisk only at the end | watch add a*b
		**: an asterisk only at the end | watch exclude **
		a12345678901234 | watch exclude a12345678901234*
		w0 | watch exclude w0
		one argument too many | watch list w0
		which interface | watch exclude
		which address | why $dev
		10.0.0.1/32 | why $dev 10.0.0.1/32
		nosuch | why nosuch 10.0.0.1
		one argument too many | why $dev 10.0.0.1 10.0.0.2
		set, save, sync | s $dev
		watch, wire, why | w $dev
		x: not what to do about the wire | wire x
		one argument too many | wire show x
		nothing to set | wire set
		without a number | wire set sightings
		frames: not what to set | wire set frames 1
		65537: sightings can be 0 to 65536 | wire set sightings 65537
		4294967296: sightings can be | wire set sightings 4294967296
		0: timeout can be 1 to 86400 | wire set timeout 0
		86401: timeout can be | wire set sightings 1 timeout 86401
		1s: not a number | wire set timeout 1s
		not a number | wire set timeout ""
		given twice | wire set timeout 1 timeout 2
		-j: not a subcommand | -j show
	END
	wrong frobnicate frobnicate
	wrong frobnicate -frobnicate
	wrong strict -strict show
	wrong dry-run -dry-run show
	wrong force -force show
	wrong "force: only" -f show
	wrong "fo: ambiguous: follow, force" -fo show
}

test_check()
{
	setup
	expect vip_add 10.2.0.1/32
	expect ctl check $dev 10.9.9.9
	expect ctl check $dev 10.1.0.7
	! ctl check $dev -strict 10.1.0.7 >/dev/null || fail "strict"
	! ctl check $dev 10.1.0.1 >/dev/null || fail "host"
	equal '["allow","flag","reject"]' "$(ctl -j check $dev 10.9.9.9 \
		10.1.0.7 10.1.0.1 | jq -c 'map(.action)')" actions
	ctl set $dev mode audit
	equal '["flag","reject"]' "$(ctl -j check $dev 10.1.0.1 |
		jq -c '.[0] | [.action, .would]')" audit
	expect ctl check $dev 10.1.0.1
	equal "0 0 0 0 0" "$(ctl -j show | jq -r '.[0].classes[] | .active' |
		xargs)" "nothing is left behind"
	ctl set $dev mode enforce onlink verify
	! ctl check $dev 10.1.0.7 >"$tmp/out" || fail "verify"
	grep -q '^10.1.0.7  *verify  *info  *onlink ' "$tmp/out" ||
		fail "verify: $(cat "$tmp/out")"
}

test_check_list()
{
	local out

	setup
	printf '%s\n' "10.1.0.1  default/mysql" "# a comment" "" \
		"fd00::1	kube-system/dns" >"$tmp/list"
	out=$(ctl -j check $dev - <"$tmp/list")
	equal 1 $? "exit"
	equal '[["10.1.0.1","reject","default/mysql"],["fd00::1","allow","kube-system/dns"]]' \
		"$(jq -c 'map([.address, .action, .label])' <<<"$out")" list
	echo "10.1.0.300 x" >>"$tmp/list"
	out=$(ctl check $dev - <"$tmp/list" 2>&1)
	equal 2 $? "exit of a bad line"
	[[ $out == *10.1.0.300*5* ]] || fail "which line? $out"
	seq 5000 | awk '{ print "10.1." int($1 / 250) "." $1 % 250 }' |
		ctl -j check $dev - >"$tmp/out"
	equal 5000 "$(jq length "$tmp/out")" "many"
}

# line NAME: its line of watch list, with single spaces
line()
{
	ctl watch list | awk -v name="$1" '$1 == name { $1 = $1; print }'
}

test_watch()
{
	setup
	expect ctl watch add later
	equal "w0 named addresses 1" "$(line w0)" w0
	equal "later named absent" "$(line later)" later
	expect ctl watch del later
	equal "" "$(line later)" "later is gone"
	expect ctl watch flush
	equal "[]" "$(ctl -j watch list)" "flushed"
}

test_watch_patterns()
{
	setup
	new_link veth pod1 peer name pod2
	expect ctl watch add 'p*'
	expect ctl watch add 'pod*'
	equal "p* named interfaces 0" "$(line 'p*')" "the shorter one"
	equal "pod1 named addresses 0" "$(line pod1)" pod1
	equal "pod* named interfaces 2" "$(line 'pod*')" pattern
	expect ctl watch exclude pod2
	equal "" "$(line pod2 | grep -v excluded)" "pod2 is excluded"
	equal "pod2 excluded" "$(line pod2)" pod2
	expect ctl watch exclude 'pod1*'
	equal "" "$(line pod1)" "the longest name decides"
	expect ctl watch add pod1
	equal "pod1 named addresses 0" "$(line pod1)" "an exact one before all"
	equal '["pod1*","pod2"] ["p*","pod*"]' "$(ctl -j watch list |
		jq -rc '[(map(select(.excluded).dev) | sort),
			map(select(.interfaces).dev)] | map(tostring) |
			join(" ")')" json
	wrong already watch exclude pod1
	wrong already watch add pod2
	# through a rename, and gone and come again
	expect here ip link set pod1 name pod7
	equal "pod1 named absent" "$(line pod1)" renamed
	equal "pod7 named addresses 0" "$(line pod7)" "renamed, to"
	expect here ip link del pod7
	equal "pod* named interfaces 0" "$(line 'pod*')" gone
	new_link veth pod8 peer name x8
	equal "pod8 named addresses 0" "$(line pod8)" came
	expect vip_add 10.8.0.1/24 pod8
	refused "" vip_add 10.8.0.1/32
	is "rejected host pod8" 10.8.0.1 || fail "not judged by it"
	expect ctl watch exclude pod8
	expect vip_add 10.8.0.1/32
}

test_why()
{
	local out

	setup
	expect ctl rule add $dev 10.0.0.0/8 reject
	expect ctl rule add $dev 10.1.0.0/16 allow
	out=$(ctl why $dev 10.1.0.1)
	equal '   rule     allow   prefix 10.1.0.0/16
   rule     reject  prefix 10.0.0.0/8
*  host     reject  address of w0
   gateway  -       no match
   neigh    -       no match
   onlink   flag    prefix 10.1.0.0/24 of w0
10.1.0.1 would be refused with EADDRINUSE on kube-ipvs0: host, address of w0' \
		"$out" "why a host's"
	out=$(ctl why $dev 10.1.0.9 | grep -e '^[*]' -e would)
	equal '*  rule     allow   prefix 10.1.0.0/16
10.1.0.9 would be bound, and nothing reported on kube-ipvs0: rule, prefix 10.1.0.0/16' \
		"$out" "why not"
	out=$(ctl why $dev fd00:9::9)
	equal '   rule     -  no match
   host     -  no match
   gateway  -  no match
   neigh    -  no match
   onlink   -  no match
fd00:9::9 would be bound, and nothing reported on kube-ipvs0: no conflict' \
		"$out" "nothing"
	set_policy mode audit
	ctl why $dev 10.9.9.9 | grep -q 'flagged.*rule.*would reject' ||
		fail "audit: $(ctl why $dev 10.9.9.9)"
	equal '["flag","reject",[["rule","10.0.0.0/8",null,true]],0]' \
		"$(ctl -j why $dev 10.9.9.9 | jq -c '[.action, .would,
		(.reasons | map([.class, .match_prefix, .match_dev, .decides])),
		.omitted]')" json
}

# What others are known to have, and how that is known
test_why_others()
{
	setup
	expect here ip link set w0 up
	expect here ip link set w0p up
	expect here ip route add default via 10.1.0.254 dev w0
	expect here ip neigh add 10.1.0.254 lladdr 52:54:00:12:34:02 dev w0 \
		nud permanent
	equal '   rule     -       no match
   host     -       no match
*  gateway  reject  default route by w0
   neigh    reject  52:54:00:12:34:02 on w0, evidence neigh
   onlink   flag    prefix 10.1.0.0/24 of w0
10.1.0.254 would be refused with EADDRINUSE on kube-ipvs0: gateway, default route by w0' \
		"$(ctl why $dev 10.1.0.254)" text
	equal '[["gateway","route",null],["neigh","neigh","52:54:00:12:34:02"],["onlink","address",null]]' \
		"$(ctl -j why $dev 10.1.0.254 | jq -c '.reasons |
			map([.class, .evidence, .lladdr])')" json
	equal '["reject","neigh","52:54:00:12:34:02"]' \
		"$(ctl set $dev gateway allow
		ctl -j check $dev 10.1.0.254 |
			jq -c '.[0] | [.action, .evidence, .lladdr]')" check
	ctl set $dev neigh allow onlink verify
	ctl why $dev 10.1.0.9 | grep -q "refused with EAGAIN at first" ||
		fail "verify: $(ctl why $dev 10.1.0.9)"
}

test_wire()
{
	local out

	setup
	equal '["peers","peers_max","sightings","sightings_max","claim_timeout","frames","claims","malformed","evicted","unclaimed","probes"]' \
		"$(ctl -j wire | jq -c keys_unsorted)" keys
	equal '[0,4096,600]' "$(ctl -j wire show |
		jq -c '[.peers, .sightings_max, .claim_timeout]')" default
	expect ctl wire set sightings 100 timeout 60
	equal '[100,60]' "$(ctl -j wire |
		jq -c '[.sightings_max, .claim_timeout]')" set
	expect ctl wir se t 86400
	expect ctl wire set sightings 65536
	equal '[65536,86400]' "$(ctl -j wire |
		jq -c '[.sightings_max, .claim_timeout]')" "one by one"
	expect ctl wire set sightings 0
	out=$(ctl wire)
	[[ $out == "peers          0"* && $out == *$'\nsightings-max  0\n'* ]] ||
		fail "text: $out"
}

test_show()
{
	setup
	expect ctl rule add $dev 10.3.0.0/16 reject
	expect vip_add 10.1.0.7/32
	refused "" vip_add 10.1.0.1/32
	refused "" vip_add 10.3.0.1/32
	equal "$dev: mode enforce, arp-reply normal, probe off, addresses 1, rules 1, events 3, lost 0" \
		"$(ctl show $dev | head -n 1)" text
	equal '[1,1,8192,3,0]' "$(ctl -j show $dev | jq -c '.[0] |
		[.addresses, .rules, .rules_max, .events, .lost]')" json
	equal '[["host",1,0],["onlink",0,1],["rule",1,0],["gateway",0,0],["neigh",0,0]]' \
		"$(ctl -j show $dev |
		jq -c '.[0].classes | map([.class, .rejected, .flagged])')" \
		classes
}

test_version()
{
	expect ctl version
	expect ctl -V
	expect ctl help
	expect ctl -h
	expect ctl -j version
}

run_all test_set test_wrong_words test_check test_check_list \
	test_watch test_watch_patterns test_why test_why_others test_wire \
	test_show test_version
