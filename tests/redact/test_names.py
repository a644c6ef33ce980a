"""Which names stand for secrets."""

from __future__ import annotations

import pytest

from harness.redact.names import PLACEHOLDER, read_name, reader_of

SECRETS = [
    "token",
    "accessToken",
    "access_token",
    "ACCESS_TOKEN",
    "refresh-token",
    "basicToken",
    "deploymentApiToken",
    "idToken",
    "csrfToken",
    "password",
    "newPassword",
    "db_password",
    "PASSWORD",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "oneTimePasscode",
    "secret",
    "clientSecret",
    "client_secret",
    "secretKey",
    "aws_secret_access_key",
    "secretAccessKey",
    "secretValue",
    "apiKey",
    "api_key",
    "x-api-key",
    "APIKey",
    "integrationKey",
    "privateKey",
    "private_key_content",
    "privateKeyPem",
    "fernetKey",
    "connectionString",
    "credentials",
    "jwt",
    "authorization",
    "X-Auth-Token",
    "X-Amz-Security-Token",
    "webhookUrl",
    "tokens",
    *("DB_PASSWORD_2", "newPassword1", "token2", "apiKey2", "client_secret_1", "password1", "X-Api-Key-2"),
    *("passwordOld", "tokenV2", "secret_v10", "password_confirmation", "passwordNew2", "client_assertion"),
    *("pass", "db_pass", "smtpPass", "DB_PASS_2", "userpass", "connection_pass"),
]

NO_SECRETS = [
    "tokenId",
    "agentTokenId",
    "tokenType",
    "tokenName",
    "apiTokenName",
    "tokenExpiryPeriodInDays",
    "tokenStartAt",
    "tokenCount",
    "shortToken",
    "nextPageToken",
    "pageToken",
    "page_token",
    "nextToken",
    "continuationToken",
    "cursor",
    "nextCursor",
    "totalCount",
    "totalTokensUsed",
    "secretName",
    "secretType",
    "passwordPolicy",
    "passwordLastChangedAt",
    "isSecretive",
    "key",
    "objectKey",
    "publicKey",
    "idempotencyKey",
    "storageKey",
    "name",
    "id",
    "url",
    "tokenUrl",
    "secretsBackend",
    "monkey",
    "value",
    "www-authenticate",
    "sec-websocket-key",
    "author",
    "description",
    "authType",
    "credentialsId",
    *(
        "nextPageToken2",
        "bypass",
        "byPass",
        "compass",
        "encompass",
        "passRate",
        "onPass",
        "allPass",
        "passed",
    ),
    *("apiTokenId2", "tokenType1", "tokenCount2", "shortToken2Id", "key2", "sha256", "oauth2", "threshold"),
    *("client_assertion_type", "boardingPass", "bold", "renew"),
]


@pytest.mark.parametrize("name", SECRETS)
def test_a_name_that_ends_in_a_secret_is_one(name: str) -> None:
    """Names of secrets are known in every spelling that APIs use."""
    assert read_name(name).secret


@pytest.mark.parametrize("name", NO_SECRETS)
def test_a_name_about_a_secret_is_none(name: str) -> None:
    """Identifiers, kinds, counts, dates and cursors keep their values, whatever they are about."""
    assert not read_name(name).secret


@pytest.mark.parametrize("name", ["isSecret", "is_secret", "secret", "sensitive"])
def test_a_flag_marks_its_neighbour(name: str) -> None:
    """A flag is known by its name; its own value is a boolean."""
    assert read_name(name).flag


def test_placeholders_are_told_from_other_brackets() -> None:
    """A placeholder is a name in capitals or a hash; a list or a word in brackets is not."""
    found = [
        bool(PLACEHOLDER.fullmatch(text)) for text in ("[A_TOKEN]", "REDACTED-0a1b2c3d", "[1]", "[abc]", "[]")
    ]

    assert found == [True, True, False, False, False]


def test_a_project_adds_names_in_any_spelling() -> None:
    """A name of the project's own is a secret, with its numbers; all others are what they were."""
    read = reader_of(["x-corp-key", "shortToken"])

    assert all(read(name).secret and read(name).numeric for name in ("X-Corp-Key", "xCorpKey", "short_token"))
    assert read("password") == read_name("password")
    assert not read("corpKey").secret
    assert reader_of([]) is read_name
