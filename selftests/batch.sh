#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=240
#
# Files of words: batches, and policies that are saved and synced.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

profiles=$(dirname "$(readlink -f "$0")")/../tools/profiles
[ -d "$profiles" ] || profiles=/usr/share/ipvsdummy/profiles

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
}

# The settings of the link, in one line
policy()
{
	ctl -j show $dev |
	jq -r '.[0] | [.mode, (.classes[].action // empty), .arp_reply,
		.probe] | join(" ")'
}

# file: standard input becomes a file, $file
file()
{
	file=$tmp/file
	cat >"$file"
}

test_batch()
{
	setup
	file <<-'END'
		# all of this is one policy
		set kube-ipvs0 mode audit   # with a comment

		  rule add "kube-ipvs0" '10.2.0.0/16' allow
			ru a kube-ipvs0 10.3.0.0/16 reject#no-comment
		rule add kube-ipvs0 fd00::/8 flag
	END
	refused "$file:5: reject#no-comment: not an action" \
		here ipvsdummyctl -batch "$file"
	expect ctl rule flush
	sed -i 's/#no-comment//; $s/$/ # no newline at the end/' "$file"
	truncate -s -1 "$file"
	set_policy mode enforce
	expect ctl -batch "$file"
	equal "audit reject flag reject reject normal off" "$(policy)" settings
	equal "10.2.0.0/16 allow, 10.3.0.0/16 reject, fd00::/8 flag" \
		"$(rules)" rules
	expect ctl rule flush
	expect ctl -b - <"$file"
	equal 3 "$(ctl -j show | jq '.[0].rules')" "from standard input"
	expect ctl -b - </dev/null
	expect ctl -b /dev/null
	equal "10.1.0.8 10.1.0.9" "$(printf "check $dev %s\n" 10.1.0.{8,9} |
		ctl -j -b - | jq -r '.[].address' | xargs)" "JSON of each line"
}

test_batch_errors()
{
	local out rc

	setup
	file <<-END
		rule add $dev 10.2.0.0/16 allow
		rule add $dev 10.2.0.0/16 reject
		rule add $dev 10.3.0.1/16 allow
		frob
		rule add $dev "10.4.0.0/16 allow
		rule add $dev 10.5.0.0/16 allow
	END
	out=$(ctl -batch "$file" 2>&1)
	equal 2 $? "exit"
	equal "ipvsdummyctl: $file:2: 10.2.0.0/16: There is a rule of this prefix already" \
		"$out" "the first error"
	equal "10.2.0.0/16 allow" "$(rules)" "stopped there"

	expect ctl rule flush
	out=$(ctl -f -b "$file" 2>&1)
	equal 2 $? "exit of -f"
	equal "2 3 4 5" "$(sed "s|.*$file:\([0-9]*\):.*|\1|" <<<"$out" |
		xargs)" "all errors"
	equal "10.2.0.0/16 allow, 10.5.0.0/16 allow" "$(rules)" "went on"

	printf 'version\nrule add %s 10.6.0.0/16\0 allow\n' $dev >"$file"
	out=$(ctl -batch "$file" 2>&1 >/dev/null)
	[[ $out == *"$file:2: "*"zero byte"* ]] || fail "zero byte: $out"

	wrong "No such file" -batch "$tmp/nosuch"
	wrong "Is a directory" -batch "$tmp"
	wrong "Is a directory" -force -batch "$tmp"
	wrong "which file" -batch
	wrong "given twice" -batch "$file" -batch "$file"
	wrong "not together" -batch "$file" show
	out=$(echo "check $dev -" | ctl -batch - 2>&1)
	equal 2 $? "standard input twice"
	[[ $out == *"-:1: -: the batch is read from"* ]] || fail "twice: $out"
}

# That an address would be refused is the answer, and no error.
test_batch_check()
{
	setup
	ctl -batch - >"$tmp/out" <<-END
		check $dev 10.1.0.1
		check $dev 10.1.0.9
	END
	equal 1 $? "exit"
	equal "reject flag" "$(awk '{ print $2 }' "$tmp/out" | xargs)" answers
	echo "check $dev 10.1.0.9" >"$tmp/list"
	expect ctl -batch "$tmp/list"
	! ctl -strict -batch "$tmp/list" >/dev/null || fail "-strict"
}

has_sockets()
{
	[ "$(find "/proc/$1/fd" -lname 'socket:*' | wc -l)" = "$2" ]
}

test_one_socket()
{
	setup
	mkfifo "$tmp/in"
	${ns:+ip netns exec "$ns"} ipvsdummyctl -j -b - <"$tmp/in" \
		>"$tmp/out" &
	followers+=" $!"
	exec {pipe}>"$tmp/in"
	for i in 1 2 3; do
		echo "version" >&"$pipe"
		echo "check $dev 10.1.0.$i" >&"$pipe"
		wait_for has_lines "$tmp/out" $((2 * i))
		has_sockets $! 1 || fail "sockets after $i: $(ls -l /proc/$!/fd)"
	done
	exec {pipe}>&-
}

test_save_and_sync()
{
	setup
	expect ctl rule add $dev fd00::/8 flag
	expect ctl rule add $dev 10.2.0.0/16 allow
	expect ctl rule add $dev 9.9.9.9 reject
	set_policy mode audit host skip neigh flag arp-reply uncontested
	ctl save $dev >"$tmp/saved"
	equal "set $dev mode audit host skip onlink flag gateway reject neigh flag arp-reply uncontested probe off
rule add $dev 9.9.9.9/32 reject
rule add $dev 10.2.0.0/16 allow
rule add $dev fd00::/8 flag" "$(cat "$tmp/saved")" saved
	equal "" "$(ctl sync $dev "$tmp/saved")" "no difference"
	equal "[]" "$(ctl -j sync $dev - <"$tmp/saved")" "none in JSON"

	file <<-END
		rule add DEV 10.2.0.0/16 reject
		set DEV onlink reject probe on
		rule add fd00::/8 flag dev $dev
		rule add $dev 10.4.0.0/16 allow
	END
	ctl -dry-run sync $dev "$file" >"$tmp/dry"
	equal "" "$(ctl sync $dev "$tmp/saved")" "no difference after -dry-run"
	ctl sync $dev "$file" >"$tmp/out"
	equal "set $dev mode enforce
set $dev host reject
set $dev onlink reject
set $dev neigh reject
set $dev arp-reply normal
set $dev probe on
rule del $dev 9.9.9.9/32 reject
rule replace $dev 10.2.0.0/16 reject
rule add $dev 10.4.0.0/16 allow" "$(cat "$tmp/out")" difference
	equal "$(cat "$tmp/out")" "$(cat "$tmp/dry")" "that of -dry-run"
	equal "enforce reject reject reject reject normal on" "$(policy)" settings
	equal "10.2.0.0/16 reject, 10.4.0.0/16 allow, fd00::/8 flag" \
		"$(rules)" rules

	# the difference is a batch, and so is what was saved
	ctl -d sync $dev "$tmp/saved" >"$tmp/back"
	expect ctl -b "$tmp/back"
	equal "$(cat "$tmp/saved")" "$(ctl save $dev)" "the way back"
	expect ctl rule flush
	expect ctl -b "$tmp/saved"
	equal "$(cat "$tmp/saved")" "$(ctl save $dev)" "as a batch"
	ctl sync $dev /dev/null >/dev/null || fail "an empty file"
	equal "enforce reject flag reject reject normal off" "$(policy)" "all as with a new link"
	equal "" "$(rules)" "all rules gone"
}

# Names that quotes are needed for, and the word DEV
test_names_of_links()
{
	local name

	setup
	for name in '#x' '"x' "'x" 'x#"' DEV rule; do
		new_link ipvsdummy "$name"
		expect ctl rule add "$name" 10.2.0.0/16 allow
		equal 2 "$(ctl save "$name" | wc -l)" "lines of $name"
		ctl save "$name" >"$tmp/saved"
		equal "" "$(ctl sync "$name" "$tmp/saved")" "sync of $name"
		expect ctl rule flush "$name"
		expect ctl -b "$tmp/saved"
	done
}

test_sync_is_atomic()
{
	setup
	expect ctl rule add $dev 10.2.0.0/16 allow
	file <<-END
		set DEV mode audit
		watch add later
		rule add DEV 10.3.0.0/16 allow
		set DEV onlink skip
	END
	wrong "$file:4: onlink skip: Action skip is for class host only" \
		sync $dev "$file"
}

test_sync_watch()
{
	setup
	expect ctl watch add kept
	file <<-END
		watch add kept
		watch exclude 'pod*'
		watch add later
	END
	equal "watch exclude pod*
watch add later" "$(ctl sync $dev "$file")" "what is missing"
	equal "" "$(ctl sync $dev "$file")" "no difference"
	equal "" "$(ctl sync $dev /dev/null)" "never removed"
	sed -i 's/exclude/add/' "$file"
	wrong "$file:2: pod*: is excluded" sync $dev "$file"
	wrong "$file:2: pod*: is excluded" -dry-run sync $dev "$file"
}

# Each of these lines, as the third of a policy
test_wrong_policies()
{
	local policy=$tmp/policy number=0

	setup
	new_link ipvsdummy other
	while IFS= read -r line; do
		number=$((number + 1))
		printf '# a\nrule add DEV 10.0.0.0/8 allow\n%s\n' \
			"${line#*| }" >"$policy.$number"
		echo "$policy.$number:3: ${line%% |*} | sync $dev $policy.$number"
	done >"$tmp/wrong-policies" <<-END
		other: another link than $dev | set other mode audit
		other: another link | rule add other 10.1.0.0/16 allow
		other: another link | rule add 10.1.0.0/16 allow dev other
		dev: another link | set dev mode audit
		10.0.0.0/8: given twice, before in line 2 | rule add DEV 10.0.0.0/8 reject
		10.0.0.1/8: host bits set | rule add DEV 10.0.0.1/8 allow
		del: not what a policy says | rule del DEV 10.0.0.0/8
		replace: not what a policy says | rule replace DEV 10.0.0.0/8 allow
		flush: not what a policy says | rule flush DEV
		del: not what a policy says | watch del w0
		list: not what a policy says | watch list
		check: not a line of a policy | check DEV 10.0.0.1
		sync: not a line of a policy | sync DEV x
		set: of which link | set
		mode: without a mode | set DEV mode
		mode: given twice | set DEV mode audit mode enforce
		purple: not a mode | set DEV mode purple
		rule: without | rule
		watch: without | watch
		add: which interface | watch add
		a*b: an asterisk | watch add a*b
		a123456789012345: not an interface name | watch add a123456789012345
		x: begins with a quote | set DEV 'x
		onlink skip: Action skip is for class host only | set DEV onlink skip
		neigh verify: Action verify is for class onlink only | set DEV neigh verify
		arp-reply: without a way to reply | set DEV arp-reply
		arp-reply: given twice | set DEV arp-reply never arp-reply normal
		maybe: not on or off | set DEV probe maybe
		peer: not a line of a policy | peer add 10.0.0.1
		wire: not a line of a policy | wire set timeout 60
		w0: is watched | watch exclude w0
	END
	all_wrong <"$tmp/wrong-policies"
	printf 'set DEV mode audit\nwatch add x\nset DEV mode audit' \
		>"$tmp/twice"
	wrong "$tmp/twice:3: mode: given twice" sync $dev "$tmp/twice"
	printf 'watch add x\nwatch exclude x' >"$tmp/twice"
	wrong "$tmp/twice:2: x: given twice, before in line 1" \
		sync $dev "$tmp/twice"
	all_wrong <<-END
		No such file | sync $dev $tmp/nosuch
		Is a directory | sync $dev $tmp
		nosuch | sync nosuch /dev/null
		w0: The link is not of kind | sync w0 /dev/null
		which link | sync
		which file | sync $dev
		one argument too many | sync $dev /dev/null x
		which link | save
		nosuch | save nosuch
		one argument too many | save $dev x
	END
}

# Somebody else changes rules all the time. There are many more, so that it
# takes time to read them, and what was read is old by then.
test_sync_meanwhile()
{
	setup
	seq 0 2047 | awk '{ printf "rule add DEV 10.%d.%d.0/24 allow\n",
		$1 / 256, $1 % 256 }' >"$tmp/many"
	ctl sync $dev "$tmp/many" >/dev/null || fail "many rules"
	yes "rule add $dev 10.99.0.0/16 allow
rule del $dev 10.99.0.0/16" |
		${ns:+ip netns exec "$ns"} ipvsdummyctl -f -b - 2>/dev/null &
	followers+=" $!"
	for i in {1..20}; do
		echo "rule add DEV 192.0.$i.0/24 flag" |
			cat "$tmp/many" - >"$tmp/policy"
		ctl sync $dev "$tmp/policy" >/dev/null || fail "sync $i"
		[[ $(rules) == *"192.0.$i.0/24 flag"* ]] || fail "rules $i"
	done
}

test_profiles()
{
	local profile

	setup
	[ "$(find "$profiles" -name '*.conf' | wc -l)" -ge 5 ] ||
		fail "profiles in $profiles"
	for profile in "$profiles"/*.conf; do
		expect ctl sync $dev "$profile"
		equal "" "$(ctl sync $dev "$profile")" "again, $profile"
		ctl save $dev >"$tmp/saved"
		equal "$(grep -c '^rule' "$profile")" \
			"$(grep -c '^rule' "$tmp/saved")" "rules of $profile"
		# every line is explained
		awk '!/^#/ && NF && before !~ /^#/ { exit 1 } { before = $0 }' \
			"$profile" || fail "$profile: a line without a comment"
	done
	expect ctl sync $dev "$profiles/kube-proxy.conf"
	equal "enforce skip flag reject reject normal off" "$(policy)" \
		kube-proxy
	refused "" vip_add 10.1.0.1/32
	is "skipped host w0" 10.1.0.1 || fail "host skip"
	refused "" vip_add 169.254.169.254/32
}

run_all test_batch test_batch_errors test_batch_check test_one_socket \
	test_save_and_sync test_names_of_links test_sync_is_atomic \
	test_sync_watch test_wrong_policies test_sync_meanwhile test_profiles
