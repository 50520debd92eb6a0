#!/bin/sh
# Reports this machine's public address once, with nothing but POSIX sh, curl and openssl: the device's side of
# docs/protocol.md. For cron, or for machines without Docker or Node.js.
#
#   SERVER_URL=http://ip.example.org:8080 SECRET_FILE=/etc/ipupdater/secret contrib/ipupdater.sh
#
# SERVER_URL   the receiver
# DEVICE       this machine's name there; default: home
# SECRET       its secret, or SECRET_FILE, the file that holds it
# FAMILY       4 or 6: report the address of this family; default: the one that the connection takes
# INTERVAL     seconds until the next report is due; without it, this device is never late
# TIMEOUT      seconds for one attempt; default: 10
# PAUSES       seconds between the attempts for one message; default: 1 2 4
#
# Exit codes: 0 done, 1 refused or not the server's answer, 2 wrong use or settings, 75 try again later
set -uf
umask 077
export LC_ALL=C

main() {
  read_settings
  read_secret
  dir=$(mktemp -d) || quit 2 "Cannot make a temporary directory."
  trap 'rm -rf "$dir"' EXIT
  trap 'exit 75' HUP INT TERM

  converse /ip ipupdater-ip '{}'
  address=$(member address '"\([0-9a-f:.]*\)"')
  timestamp=$(member timestamp '\([0-9]*\)')
  case $address:$timestamp in
    :* | *:) quit 1 "The server's answer has no address or no time. Use the same version on both sides." ;;
  esac

  converse /update ipupdater-update \
    "{\"address\":\"$address\",\"timestamp\":$timestamp${INTERVAL:+,\"interval\":$INTERVAL}}"
  echo "$DEVICE $address $(member result '"\([a-z]*\)"')"
}

read_settings() {
  SERVER_URL=${SERVER_URL:-} DEVICE=${DEVICE:-home} FAMILY=${FAMILY:-auto} INTERVAL=${INTERVAL:-}
  TIMEOUT=${TIMEOUT:-10} PAUSES=${PAUSES:-1 2 4}
  case $SERVER_URL in
    '') quit 2 "SERVER_URL is missing. Example: http://ip.example.org:8080" ;;
    http://?* | https://?*) SERVER_URL=${SERVER_URL%/} ;;
    *) quit 2 "SERVER_URL=\"$SERVER_URL\" is not an http:// or https:// URL. Example: http://ip.example.org:8080" ;;
  esac
  case $DEVICE in
    -* | *[!a-z0-9-]*) quit 2 "DEVICE=\"$DEVICE\" is not a device name: a-z, 0-9 and \"-\", not beginning with \"-\"." ;;
  esac
  case $FAMILY in
    auto | 4 | 6) ;;
    *) quit 2 "FAMILY=\"$FAMILY\" is not 4 or 6." ;;
  esac
  case $INTERVAL$TIMEOUT in
    *[!0-9]*) quit 2 "INTERVAL=\"$INTERVAL\" or TIMEOUT=\"$TIMEOUT\" is not a number of seconds." ;;
  esac
  case $PAUSES in
    *[!0-9.\ ]*) quit 2 "PAUSES=\"$PAUSES\" is not a list of seconds. Example: 1 2 4" ;;
  esac
}

# No command line contains the secret: it goes through pipes, and through a printf that must be the shell's own.
# (`openssl dgst -hmac KEY` would show it to everybody who runs ps.) curl and openssl do not inherit it either.
read_secret() {
  case $(command -v printf) in
    */*) quit 2 "printf is not built into this shell, so its command line would show the secret. Use another shell." ;;
  esac
  secret=${SECRET:-}
  unset SECRET
  if [ -n "${SECRET_FILE:-}" ]; then
    [ -r "$SECRET_FILE" ] || quit 2 "SECRET_FILE=\"$SECRET_FILE\" cannot be read."
    from_file=$(cat "$SECRET_FILE")
    [ -z "$secret" ] || [ "$secret" = "$from_file" ] || quit 2 "SECRET and SECRET_FILE differ. Keep one of them."
    secret=$from_file
  fi
  [ -n "$secret" ] || quit 2 "The secret is missing. Set SECRET or SECRET_FILE."
  case $secret in
    [[:space:]]* | *[[:space:]]) quit 2 "The secret begins or ends with white space. Remove it." ;;
    *[[:cntrl:]]*) quit 2 "The secret contains a line end or another control character. Leave only the secret itself." ;;
  esac
  [ ${#secret} -ge 16 ] || quit 2 "The secret is too short: use at least 16 characters."
  make_pads
  unset secret
}

# RFC 2104: the key, hashed if it is longer than a block of 64 bytes, XORed with 0x36 and with 0x5c. The pads are
# octal escapes, because a variable cannot hold a zero byte.
make_pads() {
  key=$(printf %s "$secret" | hex)
  [ ${#key} -le 128 ] || key=$(printf %s "$secret" | openssl dgst -sha256 -binary | hex)
  ipad='' opad='' count=0
  while [ $count -lt 64 ]; do
    byte=0
    if [ -n "$key" ]; then
      rest=${key#??}
      byte=$((0x${key%"$rest"}))
      key=$rest
    fi
    inner=$((byte ^ 0x36)) outer=$((byte ^ 0x5c))
    ipad="$ipad\\0$((inner / 64))$((inner / 8 % 8))$((inner % 8))"
    opad="$opad\\0$((outer / 64))$((outer / 8 % 8))$((outer % 8))"
    count=$((count + 1))
  done
}

hex() { od -An -v -tx1 | tr -d ' \n'; }
digest() { openssl dgst -sha256 -binary | openssl base64 -A; }
hmac() { { printf %b "$ipad" && cat; } | openssl dgst -sha256 -binary | { printf %b "$opad" && cat; } | digest; }

# Sends one signed message. Returns if the server has signed its answer, and the answer is 200.
converse() {
  path=$1 tag=$2 body=$3
  content_digest="sha-256=:$(printf %s "$body" | digest):"
  params="(\"@method\" \"content-digest\");created=$(date +%s);nonce=\"$(openssl rand -hex 16)\";keyid=\"$DEVICE\";alg=\"hmac-sha256\";tag=\"$tag\""
  signature=":$(printf '"@method": POST\n"content-digest": %s\n"@signature-params": %s' "$content_digest" "$params" | hmac):"

  # The same message again: if only the answer was lost, the server repeats it and changes nothing.
  for pause in $PAUSES none; do
    post && break
    [ "$pause" != none ] || quit 75 "$failure"
    sleep "$pause"
  done
  verify_answer
  [ "$status" = 200 ] || refused
}

# Fails if the next attempt may succeed; $failure then says why.
post() {
  case $FAMILY in auto) family='' ;; *) family=-$FAMILY ;; esac
  : >"$dir/body" && : >"$dir/header"
  # -q: no ~/.curlrc. --noproxy: the server must see this machine, not a proxy of the environment. No redirect is
  # followed: another server could not sign. ulimit bounds an answer without a length, which --max-filesize does not.
  # shellcheck disable=SC2086 # $family is an option or nothing
  status=$(
    trap '' XFSZ
    ulimit -f 128
    exec curl -q --noproxy '*' --silent --show-error --proto =http,https --max-time "$TIMEOUT" --max-filesize 65536 \
      $family --request POST --header 'Content-Type: application/json' --header "Content-Digest: $content_digest" \
      --header "Signature-Input: ipupdater=$params" --header "Signature: ipupdater=$signature" --data-binary "$body" \
      --output "$dir/body" --dump-header "$dir/header" --write-out '%{http_code}' "$SERVER_URL$path" 2>"$dir/error"
  )
  case $? in
    0) ;;
    1 | 3) quit 2 "SERVER_URL=\"$SERVER_URL\": $(cat "$dir/error")" ;;
    23 | 63) quit 1 "The answer is much larger than an answer of ipupdater. Check SERVER_URL." ;;
    60) quit 1 "$(cat "$dir/error")" ;;
    *)
      failure=$(cat "$dir/error")
      return 1
      ;;
  esac
  case $status in
    408 | 429 | 5??)
      # Nobody has signed this yet: only the code is used, and the words are our own.
      failure="$SERVER_URL answers with status $status. $(explanation "$(code)")"
      return 1
      ;;
  esac
}

# Nothing is read from an answer before this: it must be signed by the server, and answer this very message.
# Further parameters of the signature do not matter: the server has signed them too.
verify_answer() {
  answer_digest=$(field content-digest) answer_input=$(field signature-input) answer_signature=$(field signature)
  if [ -z "$answer_digest" ] || [ -z "$answer_input" ] || [ -z "$answer_signature" ]; then
    case $status:$(code) in
      401:not-authenticated)
        quit 1 "The server does not accept the secret of device \"$DEVICE\", or somebody on the path says so. Check SECRET." ;;
      *) quit 1 "The answer with status $status is not signed, so it is not accepted. Is $SERVER_URL the receiver?" ;;
    esac
  fi
  label=${answer_input%%=*} answer_params=${answer_input#*=}
  case $answer_params in
    '("@status" "content-digest" "signature";req;key="ipupdater");'*) ;;
    *) forged "its signature does not cover status, body and our request" ;;
  esac
  for parameter in "keyid=\"$DEVICE\"" "tag=\"$tag-answer\""; do
    case "$answer_params;" in
      *";$parameter;"*) ;;
      *) forged "it is not signed with $parameter" ;;
    esac
  done
  [ "$answer_digest" = "sha-256=:$(digest <"$dir/body"):" ] || forged "its body does not match its digest"
  mac=$(printf '"@status": %s\n"content-digest": %s\n"signature";req;key="ipupdater": %s\n"@signature-params": %s' \
    "$status" "$answer_digest" "$signature" "$answer_params" | hmac)
  [ "$answer_signature" = "$label=:$mac:" ] || forged "it is signed with another secret, or answers another message"
}

# The value of a header field of the last answer (proxies may send others first), its lines joined.
field() {
  awk -v name="$1" '
    /^HTTP\// { value = ""; lines = 0 }
    {
      sub(/[ \t\r]+$/, "")
      colon = index($0, ":")
      if (colon == 0 || tolower(substr($0, 1, colon - 1)) != name) next
      line = substr($0, colon + 1)
      sub(/^[ \t]+/, "", line)
      value = lines++ ? value ", " line : line
    }
    END { print value }' "$dir/header"
}

# The value of a member of the JSON body, by its pattern; nothing if it is missing.
member() {
  tr '\n' ' ' <"$dir/body" | sed -n -e "s/\\\\\"/'/g" -e "s/.*\"$1\"[[:space:]]*:[[:space:]]*$2.*/\1/p"
}

code() { member code '"\([a-z-]*\)"'; }

# Our own words for a code: an answer cannot put its words into this terminal.
explanation() {
  case $1 in
    malformed | digest-mismatch | too-large) echo "The server does not understand the message. A proxy may have changed it." ;;
    timeout) echo "The message did not arrive in time. The line is slow, or loses packets." ;;
    source-unclear) echo "The server cannot tell where the message comes from. Check the forwarding header of its proxy." ;;
    source-masked) echo "Docker, a router or a proxy hides where the message comes from. See docs/deployment.md, \"Which address the server sees\"." ;;
    address-not-public) echo "The address cannot be reached from the internet. For a private network set ALLOW_PRIVATE_ADDRESSES=true on the server." ;;
    address-mismatch) echo "The address changed during the report, or two connections are in use." ;;
    stale | timestamp-ahead) echo "The report took too long, or the clock of the server was changed." ;;
    not-newer) echo "A newer report of this device is already accepted. Check that no other machine uses this name." ;;
    clock-behind) echo "The clock of the server is behind the last accepted report. Check its NTP." ;;
    rate-limited) echo "The server refuses so many messages. Wait a minute." ;;
    storage-unavailable) echo "The server cannot use its database. Run \"ipupdater-admin doctor\" there." ;;
    stopping) echo "The server is stopping." ;;
    not-found | method-not-allowed) echo "The server has nothing at this path. Check SERVER_URL." ;;
    internal) echo "The server failed. Its log has the reason." ;;
    *) echo "It gives no reason. Check SERVER_URL, and the proxy in front of the receiver." ;;
  esac
}

refused() {
  detail=$(member detail '"\([^"\\]*\)"')
  sentence="The server refuses the report${detail:+ ($detail)}. $(explanation "$(code)")"
  case $status in
    409) quit 75 "$sentence" ;;
    *) quit 1 "$sentence" ;;
  esac
}

forged() { quit 1 "The answer is not accepted: $1."; }

# Control characters of a setting, an answer or curl would reach the terminal.
quit() {
  printf 'ipupdater: %s' "$2" | tr '\n' ' ' | tr -d '\000-\037\177-\377' >&2
  echo >&2
  exit "$1"
}

main
