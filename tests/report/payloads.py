"""Texts that would do something in a browser, a terminal or a template if they were not treated as data."""

from __future__ import annotations

from tests.report.builders import HOSTILE

EVIL = "http://evil.example"

PAYLOADS = (
    *HOSTILE,
    # Out of an element, a raw text element, a comment or a table.
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</pre></td></tr></table></details><script>alert(1)</script>",
    "</textarea></select></noscript></template><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    # Out of an attribute.
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    '"><svg/onload=alert(1)>',
    "`onmouseover=alert(1)",
    # Elements that ask for something or lead away.
    f"<iframe src={EVIL}></iframe><object data={EVIL}></object><embed src={EVIL}>",
    f'<link rel=stylesheet href={EVIL}/x.css><meta http-equiv=refresh content="0;url={EVIL}">',
    f"<base href={EVIL}/><a href=x id=search name=search>x</a><form action={EVIL}><input name=attributes>",
    f"<img src={EVIL}/x.png><video src={EVIL}/v autoplay><style>@import '{EVIL}/x.css';</style>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style>",
    "<details open ontoggle=alert(1)>",
    # URLs that are programs.
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    # Templates and programs.
    "${alert(1)} #{alert(1)} <%= alert(1) %> {{constructor.constructor('alert(1)')()}}",
    "{% import os %}{{ self.__init__.__globals__ }}{# x #}",
    "';alert(1);//\u2028alert(1)\u2029",
    "__proto__ constructor prototype",
    # Terminals.
    f"\x1b]8;;{EVIL}\x07link\x1b]8;;\x07\x9b2J\x07",
    # Markdown.
    f"[x]({EVIL}) ![x]({EVIL}/x.png) <{EVIL}> # x",
    # What is easily read as something else.
    "safe\u202etxt.exe\u2066\u200b\u00ad\ufeff\U000e0041",
    "\ud800 \udfff \ufffe \x00\x0b",
    "x" * 5000,
)

LINKS = (
    f"{EVIL}/a?b=c#d",
    "see (https://evil.example/x), or HTTPS://EVIL.EXAMPLE.",
    "https://evil.example/a|b`c\\d_e*f*~g~<h>[i](j)",
    "ftp://evil.example www.evil.example/x (www.evil.example) *www.evil.example* mailto:me@evil.example",
    "xmpp:me@evil.example/x me+you@evil.example a.b-c_d@evil.example.",
    "|me@evil.example|`me@evil.example`\\me@evil.example",
    "@octocat (@octocat) @github/support \\@octocat `@octocat",
    "\u00a0@octocat\u3000#1",
    "#1 (#12) \\#12 owner/name#12 owner#12 GH-12 gh-12 `#12|#12",
    "owner/name@deadbeef0 deadbeef0 (deadbeef0123456789abcdef0123456789abcdef) 1234567",
    "GHSA-jfh8-c2jp-5v3q CVE-2021-44228",
    ":tada: a:+1:b :octocat: :100: (:shipit:)",
    "![x](//evil.example/x.png) [x][y] <https://evil.example> <me@evil.example>",
    "`https://evil.example` ``@octocat`` ` #1 ` $.body.x@octocat `a``@b`",
    "[y]: https://evil.example",
)
"""Texts of which a tracker would make a link, tell a person, or show a picture."""
