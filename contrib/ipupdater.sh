#!/bin/sh
# Reports this machine's public address once, with nothing but POSIX sh, curl and openssl: the whole of
# docs/protocol.md from the device's side. For cron, or for where the ipupdater client does not run.
#
#   SERVER_URL=http://ip.example.org:8080 SECRET_FILE=/etc/ipupdater/secret contrib/ipupdater.sh
#
# SERVER_URL   the receiver
# DEVICE       this machine's name there; default: home
# SECRET       its secret, or SECRET_FILE the file that holds it
# FAMILY       4 or 6: report the address of this family; default: whichever the connection takes
# INTERVAL     seconds until the next report is due; without it nobody will miss one
# TIMEOUT      seconds for one try; default: 10
# PAUSES       seconds between the tries of one message; default: 1 2 4
#
# Exit: 0 done · 1 refused, or an answer that is not the server's · 2 wrong use or settings · 75 try later
set -uf
umask 077
export LC_ALL=C

main() {
  read_settings
  read_secret
  dir=$(mktemp -d) || quit 2 "no temporary directory can be made"
  trap 'rm -rf "$dir"' EXIT
  trap 'exit 75' HUP INT TERM

  converse /ip ipupdater-ip '{}'
  address=$(member address '"\([0-9a-f:.]*\)"')
  timestamp=$(member timestamp '\([0-9]*\)')
  case $address:$timestamp in
    :* | *:) quit 1 "the server's answer is not an address and a time" ;;
  esac

  converse /update ipupdater-update \
    "{\"address\":\"$address\",\"timestamp\":$timestamp${INTERVAL:+,\"interval\":$INTERVAL}}"
  echo "$DEVICE $address $(member result '"\([a-z]*\)"')"
}

read_settings() {
  SERVER_URL=${SERVER_URL:-} DEVICE=${DEVICE:-home} FAMILY=${FAMILY:-auto} INTERVAL=${INTERVAL:-}
  TIMEOUT=${TIMEOUT:-10} PAUSES=${PAUSES:-1 2 4}
  case $SERVER_URL in
    http://?* | https://?*) SERVER_URL=${SERVER_URL%/} ;;
    *) quit 2 "SERVER_URL=\"$SERVER_URL\" is not the URL of a receiver such as http://ip.example.org:8080" ;;
  esac
  case $DEVICE in
    -* | *[!a-z0-9-]*) quit 2 "DEVICE=\"$DEVICE\" is not a name of a-z, 0-9 and \"-\", with no \"-\" in front" ;;
  esac
  case $FAMILY in
    auto | 4 | 6) ;;
    *) quit 2 "FAMILY=\"$FAMILY\" is not 4 or 6" ;;
  esac
  case $INTERVAL$TIMEOUT in
    *[!0-9]*) quit 2 "INTERVAL=\"$INTERVAL\" or TIMEOUT=\"$TIMEOUT\" is not a number of seconds" ;;
  esac
}

# No command line shows the secret: it passes through pipes and through printf, which must be the shell's own
# for that. (`openssl dgst -hmac KEY` shows it to everybody who asks ps.) Nor do curl and openssl inherit it.
read_secret() {
  case $(command -v printf) in
    */*) quit 2 "the printf of this shell is a program of its own, whose command line would show the secret" ;;
  esac
  secret=${SECRET:-}
  unset SECRET
  if [ -n "${SECRET_FILE:-}" ]; then
    [ -r "$SECRET_FILE" ] || quit 2 "SECRET_FILE=\"$SECRET_FILE\" cannot be read"
    from_file=$(cat "$SECRET_FILE")
    [ -z "$secret" ] || [ "$secret" = "$from_file" ] || quit 2 "SECRET and SECRET_FILE differ: set one of them"
    secret=$from_file
  fi
  [ -n "$secret" ] || quit 2 "there is no secret: set SECRET or SECRET_FILE"
  case $secret in
    [[:space:]]* | *[[:space:]]) quit 2 "the secret has blanks around it: remove them" ;;
  esac
  [ ${#secret} -ge 16 ] || quit 2 "the secret has ${#secret} characters, and 16 are the least"
  make_pads
  unset secret
}

# RFC 2104: the key, hashed if it is longer than a block of 64 bytes, XORed with 0x36 and with 0x5c; in octal
# escapes, since a variable holds no zero bytes.
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

# Sends one signed message, and returns once its answer is known to be the server's, and none but 200.
converse() {
  path=$1 tag=$2 body=$3
  content_digest="sha-256=:$(printf %s "$body" | digest):"
  params="(\"@method\" \"content-digest\");created=$(date +%s);nonce=\"$(openssl rand -hex 16)\";keyid=\"$DEVICE\";alg=\"hmac-sha256\";tag=\"$tag\""
  signature=":$(printf '"@method": POST\n"content-digest": %s\n"@signature-params": %s' "$content_digest" "$params" | hmac):"

  # The very same message again: where only the answer was lost, the server repeats it and changes nothing.
  for pause in $PAUSES none; do
    post && break
    [ "$pause" != none ] || quit 75 "$trouble"
    sleep "$pause"
  done
  verify_answer
  [ "$status" = 200 ] || refused
}

# Fails where it may work at the next try, and says in $trouble what was the matter.
post() {
  case $FAMILY in auto) family='' ;; *) family=-$FAMILY ;; esac
  # --disable: no ~/.curlrc. It follows no redirect: nothing that answers elsewhere could sign.
  # shellcheck disable=SC2086 # $family is an option or nothing
  status=$(curl --disable --silent --show-error --proto =http,https --max-time "$TIMEOUT" --max-filesize 65536 \
    $family --request POST --header 'Content-Type: application/json' --header "Content-Digest: $content_digest" \
    --header "Signature-Input: ipupdater=$params" --header "Signature: ipupdater=$signature" --data-binary "$body" \
    --output "$dir/body" --dump-header "$dir/header" --write-out '%{http_code}' "$SERVER_URL$path" 2>"$dir/error")
  case $? in
    0) ;;
    1 | 3) quit 2 "SERVER_URL=\"$SERVER_URL\": $(printable <"$dir/error")" ;;
    60) quit 1 "$(printable <"$dir/error")" ;;
    *)
      trouble=$(printable <"$dir/error")
      return 1
      ;;
  esac
  [ -e "$dir/body" ] || : >"$dir/body"
  case $status in
    408 | 429 | 5??)
      trouble="$SERVER_URL answers with status $status: $(explanation)"
      return 1
      ;;
  esac
}

# Nothing is taken from an answer before this: it must be the server's, and the answer to this very message.
# That no more than the parameters looked at here are there is not asked: the server has signed them.
verify_answer() {
  answer_digest=$(field content-digest) answer_input=$(field signature-input) answer_signature=$(field signature)
  if [ -z "$answer_digest" ] || [ -z "$answer_input" ] || [ -z "$answer_signature" ]; then
    case $status:$(member code '"\([a-z-]*\)"') in
      401:not-authenticated)
        quit 1 "the server does not accept this secret for the device $DEVICE, or someone on the path says so" ;;
      *) quit 1 "the answer with status $status is not signed, and so not believed: is $SERVER_URL the receiver?" ;;
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
  [ "$answer_digest" = "sha-256=:$(digest <"$dir/body"):" ] || forged "its body is not the one that was digested"
  mac=$(printf '"@status": %s\n"content-digest": %s\n"signature";req;key="ipupdater": %s\n"@signature-params": %s' \
    "$status" "$answer_digest" "$signature" "$answer_params" | hmac)
  [ "$answer_signature" = "$label=:$mac:" ] || forged "its signature is not by our secret, or answers another message"
}

# The value of a header field of the answer itself (behind proxies there may be headers before it), its lines joined.
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

# The value of a member of the JSON body, by its pattern; nothing if it is not there.
member() {
  tr '\n' ' ' <"$dir/body" | sed -n -e "s/\\\\\"/'/g" -e "s/.*\"$1\"[[:space:]]*:[[:space:]]*$2.*/\1/p"
}

explanation() {
  text=$(member title '"\([^"\\]*\)"')
  echo "${text:-no reason is given} $(member detail '"\([^"\\]*\)"' | sed 's/..*/(&)/'). $(member advice '"\([^"\\]*\)"')" | printable
}

printable() { tr -d '\000-\037\177-\377'; }

refused() {
  case $status in
    409) quit 75 "refused: $(explanation)" ;;
    *) quit 1 "refused: $(explanation)" ;;
  esac
}

forged() { quit 1 "the answer is not to be believed: $1"; }

quit() {
  echo "ipupdater: $2" >&2
  exit "$1"
}

main
