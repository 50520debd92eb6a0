"""An SMTP server with STARTTLS and login (aiosmtpd of Debian). Prints a JSON line for each message that it takes.

Usage: smtp-server.py CERTIFICATE KEY USER PASSWORD
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, user, password = sys.argv[1:]


class Handler:
    async def handle_DATA(self, server, session, envelope):
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "text": envelope.content.decode(),
                "tls": session.ssl is not None,
                "user": session.auth_data.decode() if session.auth_data else None,
            }
        )
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    isRight = (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=isRight, handled=False, auth_data=data.login if isRight else None)


def say(line):
    print(json.dumps(line), flush=True)


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            Handler(),
            hostname="localhost",
            tls_context=tls,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
        ),
        "127.0.0.1",
        0,
    )
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
