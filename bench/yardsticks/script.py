#!/usr/bin/env python3
"""The client that ipupdater replaces was a script of this kind: argparse, http.client, hmac, two requests.

It speaks today's protocol, with a new connection for each request as the original did, and checks no answer.
"""
import argparse, base64, hashlib, hmac, http.client, json, os, time


def post(host, path, tag, body, name, secret):
    digest = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    nonce = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
    params = '("@method" "content-digest");created=%d;nonce="%s";keyid="%s";alg="hmac-sha256";tag="%s"' % (
        time.time(), nonce, name, tag)
    base = '"@method": POST\n"content-digest": %s\n"@signature-params": %s' % (digest, params)
    mac = base64.b64encode(hmac.new(secret.encode(), base.encode(), hashlib.sha256).digest()).decode()
    connection = http.client.HTTPConnection(host)
    connection.request("POST", path, body, {
        "Content-Type": "application/json",
        "Content-Digest": digest,
        "Signature-Input": "sig=" + params,
        "Signature": "sig=:%s:" % mac,
    })
    response = connection.getresponse()
    text = response.read().decode()
    if response.status != 200:
        raise SystemExit("%d %s" % (response.status, text))
    return text


parser = argparse.ArgumentParser()
parser.add_argument("-w", "--host", required=True)
parser.add_argument("-p", "--password", required=True)
parser.add_argument("-n", "--name", default="home")
args = parser.parse_args()

seen = json.loads(post(args.host, "/ip", "ipupdater-ip", "{}", args.name, args.password))
update = json.dumps({"address": seen["address"], "timestamp": seen["timestamp"]}, separators=(",", ":"))
print(post(args.host, "/update", "ipupdater-update", update, args.name, args.password))
