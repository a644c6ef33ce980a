"""What the sandbox does where no published document says what the service does.

Everything here is a guess, kept in one place so that it can be found, doubted and put right. What a
document states falls out of the contracts and is not repeated here.
"""

from __future__ import annotations

from typing import Final

UNSUPPORTED_STATUS: Final = 404
"""A path that the API version does not have, such as alerts in v1. Clients infer 404; no document says so."""

UNSUPPORTED_MESSAGE: Final = "no route found for {method} {path}"
"""The text for such a path. It comes before the check of the token, as a router knows no such route."""

METHOD_MESSAGE: Final = "method {method} is not allowed for {path}"
"""A path that exists with other methods answers 405 with an ``Allow`` header; no text is documented."""

MISSING_TOKEN_MESSAGE: Final = "missing authorization header"  # noqa: S105 - a message
"""The 401 without a token. Status and body's form are documented, the text is not."""

MALFORMED_TOKEN_MESSAGE: Final = "authorization header must have the form: Bearer <token>"  # noqa: S105 - a message
"""The 401 for an ``Authorization`` header of another form; again only the text is a guess."""

INVALID_TOKEN_MESSAGE: Final = "invalid or expired token"  # noqa: S105 - a message
"""The 401 for a token that nobody was given, that was rotated away, or whose end has passed."""

FORBIDDEN_MESSAGE: Final = "you do not have permission to perform this action"
"""The 403. Permissions are documented one by one; the sandbox knows only reading and writing."""

READ_ONLY_ROLES: Final = ("_MEMBER", "_ACCESSOR", "_VIEWER", "_BILLING_ADMIN", "_AGENT")
"""A role that ends like this may read where it is for, and gets 403 for everything else there."""

EVERYBODY_READS: Final = ("organizations", "clusters")
"""The families that every token reads, besides options, role templates and permission groups.

Every other reading needs a role in the organization, or in the workspace or deployment that the resource
belongs to. A list shows what the token may read; one of nothing but the organization's own answers 403.
"""

NOT_FOUND_MESSAGE: Final = "{what} {id} not found"
"""The 404 of an unknown id. Operations that document no 404 answer 403 instead."""

INVALID_QUERY_MESSAGE: Final = "invalid query parameters"
"""The 400 for query values that the contract does not allow; ``fieldErrors`` name them."""

INVALID_BODY_MESSAGE: Final = "invalid request body"
"""The 400 for bodies that the contract does not allow; ``fieldErrors`` name the fields.

Environment objects document no 400 at all and answer it too, because nothing better is known.
"""

ERRORS_ARE_JSON: Final = True
"""Errors are ``application/json`` everywhere; v1 documents them as bytes for audit logs."""

TOO_LARGE_MESSAGE: Final = "request body is larger than {limit} bytes"
"""The 413; no document mentions a limit for bodies."""

NOT_COVERED_STATUS: Final = 501
"""An operation of the contract that the sandbox does not have. The service never answers this."""

NOT_COVERED_MESSAGE: Final = "the sandbox does not have {operation}"
"""The text for such an operation, so that nobody takes it for the service's."""

FAILURE_MESSAGE: Final = "the sandbox failed: {error}"
"""The 500 when the sandbox itself has a mistake."""

PAGE: Final = {"offset": 0, "limit": 20}
"""Defaults of a page's numbers where neither version states them; most lists do. Both are at least 0."""

DEFAULT_ORDER: Final = ("createdAt", "id")
"""Lists without ``sorts`` are ordered by this. It is stable; what the service does is not documented."""

UNKNOWN_QUERY_IGNORED: Final = True
"""A query parameter that the version does not document changes nothing, like ``supportPlan`` in v1."""

NULL_IS_ABSENT: Final = True
"""``null`` for a field that is not nullable counts as not sent; generated clients used to send it."""

UPDATE_KEEPS_OMITTED: Final = True
"""An update leaves optional fields alone that the body omits. Roles are replaced as a whole (documented)."""

DELETE_TAKES_OWNED: Final = True
"""Deleting a workspace or a deployment deletes what belongs to it; the service may refuse instead."""

DEFAULT_VARIANT: Final = {"CreateDeployment": "STANDARD"}
"""The variant of a body whose discriminator is optional and omitted, by operation.

Elsewhere it is the first variant that does not require the discriminator; an update takes the value
that the resource has.
"""

BOUNDS_ARE_SHARED: Final = True
"""A bound that one version documents (``limit`` up to 1000) holds in the other if that one states none.

The v1beta1 facts of 2026 were rebuilt from a generated client, which carries no bounds.
"""

SECONDS_TO_HEALTHY: Final = 3
"""A new deployment is CREATING for so many seconds of the sandbox's clock, then HEALTHY."""

HIDDEN_SECRET: Final = ""
"""What takes the place of a secret environment variable's value in every response."""

API_MINORS: Final = ("1", "1.0")
"""What ``X-API-Version`` may ask of v1; the default is the newest minor version, 1.0. Anything else is 400.

The header is documented, the answer to a wrong one is not. v1beta1 and Labs ignore it.
"""

API_MINOR_MESSAGE: Final = "API version {version} is not supported"
"""The text of that 400."""

NO_USER_MESSAGE: Final = "the token stands for no user"
"""The 400 of GetSelfUser for an API token; the operation documents neither 403 nor 404."""

PRECONDITION_STATUS: Final = 412
"""Clusters document 412, but not what for. Here: one in a trial, one by a name that is taken, and a failover
without a second region."""

TRIAL_MESSAGE: Final = "dedicated clusters are not available during a trial"
"""The text of the 412 for a new cluster in an organization whose plans are all trials."""

NO_RECOVERY_MESSAGE: Final = "the cluster has no disaster recovery to fail over to"
"""The text of the 412 for ``isFailedOver`` without disaster recovery."""

LIMITED_MESSAGE: Final = "too many requests"
"""The 429, in the form of every error and without ``Retry-After``; no document shows a body or a header."""

LIMITS_ARE_SHARED: Final = True
"""The versions take requests from one budget a token; it is not documented which requests count together."""

UNAVAILABLE_MESSAGE: Final = "the sandbox was asked to fail"
"""The text of the faults 500 to 504. It says what it is, so that nobody takes it for the service's."""

GATEWAY_PAGE: Final = "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
"""The page of a gateway that could not reach the service; the vendor's may look different."""

MOST_RESOURCES: Final = 10_000
"""The most resources of a family that the sandbox keeps. Making more is 400; no quota is documented."""

FULL_MESSAGE: Final = "the sandbox keeps at most {most} of these; start it again"
"""The text of that 400."""

TAKEN_CLUSTER_MESSAGE: Final = "a cluster named {name} already exists"
"""The text of the 412 for such a cluster."""

UNKNOWN_ENUM_VALUES_SHOWN: Final = True
"""A value that the response's enum does not have is shown as it is. What the service does is unknown.

So v1beta1 shows the type of an environment object that only v1 can make. In both versions a custom role
may be asked for with the scope DAG and a deploy with the type BUNDLE, which no response documents.
"""
